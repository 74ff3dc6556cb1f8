/** Settings from the environment, checked at start: one clear line for what is wrong. */
import { z } from 'zod';
declare const environment: z.ZodObject<{
    NATS_URL: z.ZodString;
    PGBEAM_JOIN_TOKEN: z.ZodPipe<z.ZodString, z.ZodTransform<import("@pgbeam/contracts").JoinToken, string>>;
    PGBEAM_LISTEN: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<{
        host: string;
        port: number;
    }, string>>>;
    PGBEAM_MCP_LISTEN: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<{
        host: string;
        port: number;
    }, string>>>;
    PGBEAM_ADMIN_LISTEN: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<{
        host: string;
        port: number;
    }, string>>>;
    PGBEAM_TLS_CERT_FILE: z.ZodString;
    PGBEAM_TLS_KEY_FILE: z.ZodString;
    PGBEAM_PUBLIC_ADDRESS: z.ZodDefault<z.ZodString>;
    PGBEAM_LOG_LEVEL: z.ZodDefault<z.ZodEnum<{
        debug: "debug";
        error: "error";
        fatal: "fatal";
        info: "info";
        trace: "trace";
        warn: "warn";
    }>>;
    PGBEAM_LOGIN_DEADLINE_MS: z.ZodDefault<z.ZodCoercedNumber<unknown>>;
    PGBEAM_DRAIN_MS: z.ZodDefault<z.ZodCoercedNumber<unknown>>;
    PGBEAM_WAITING_ROOM: z.ZodDefault<z.ZodCoercedNumber<unknown>>;
    PGBEAM_OTLP_ENDPOINT: z.ZodOptional<z.ZodString>;
}, z.core.$strip>;
export type Config = z.infer<typeof environment>;
export declare class ConfigError extends Error {
}
/** @throws ConfigError naming each variable that is missing or wrong, never its value */
export declare function readConfig(env: Readonly<Record<string, string | undefined>>): Config;
export {};
