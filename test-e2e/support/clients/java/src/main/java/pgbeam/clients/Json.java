package pgbeam.clients;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** As much of JSON as a line of output and the flat object in AT need. */
final class Json {
  private Json() {}

  static String write(Object value) {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) return String.valueOf(value);
    if (value instanceof Object[] array) return write(Arrays.asList(array));
    if (value instanceof int[] array) return Arrays.toString(array);
    if (value instanceof List<?> list) return list.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
    if (value instanceof Map<?, ?> map)
      return map.entrySet().stream().map(one -> write(one.getKey().toString()) + ":" + write(one.getValue())).collect(Collectors.joining(",", "{", "}"));
    StringBuilder text = new StringBuilder("\"");
    for (char c : value.toString().toCharArray()) {
      if (c == '"' || c == '\\') text.append('\\').append(c);
      else if (c < 32) text.append(String.format("\\u%04x", (int) c));
      else text.append(c);
    }
    return text.append('"').toString();
  }

  /** A text or a number of a flat object without escapes. */
  static String read(String object, String name) {
    Matcher found = Pattern.compile('"' + name + "\":\"?([^\",}]*)").matcher(object);
    if (!found.find()) throw new IllegalArgumentException("AT has no " + name);
    return found.group(1);
  }
}
