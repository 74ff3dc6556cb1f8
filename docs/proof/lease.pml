/*
 * The rules of leases, acknowledgements and receipts, for Spin. docs/proof/model.md says what is covered and how to run it.
 *
 * The invariant: once any replica has answered `enforced` for change N, no proxy forwards under a state older than N.
 *
 * The network is a soup: what was ever sent may arrive at any later instant, any number of times, in any order, or never.
 * So nothing here is a queue. An event is the log itself, an ack is what the proxy has applied, an answer to a renewal stays
 * as long as it is of use. Losing, delaying, repeating and reordering are then all the same: a step taken late or never.
 *
 * A step of this model is one that is atomic in the product: a commit, a read of the database, a turn of the proxy. Between
 * two of them anything may happen and any time may pass: every process stops, pauses and is slow.
 */
#ifndef PROXIES
#define PROXIES 1    /* incarnations: a restarted proxy is another one */
#endif
#ifndef REPLICAS
#define REPLICAS 2   /* of the control plane, each with one receipt in hand */
#endif
#ifndef CHANGES
#define CHANGES 2    /* numbers of the log */
#endif
#ifndef RENEWALS
#define RENEWALS 3   /* of each incarnation */
#endif

/*
 * Bounded drift, as a strict inequality: a proxy uses 0.9 L of its clock, a replica waits L of its own, so a lease whose
 * request was sent when a wait began is over strictly before that wait. It holds while fewer than LEASE ticks have passed;
 * the wait is over once WAIT have. Shorter leases and longer waits are covered too: they only take steps away.
 */
#ifndef WAIT
#define WAIT 2
#endif
#ifdef DRIFT_BEYOND_BOUND
#define LEASE (WAIT + 1)
#else
#define LEASE WAIT
#endif

/* With -DREACH=…, Spin has to come by that place: the invariant must not hold for want of anything that happens. */
#define BY_ACK 1          /* `enforced`: a proxy with a grant has said that it applied the change */
#define BY_OUTWAITING 2   /* `enforced`: the wait was longer than any lease, and the proxy has not applied the change */
#define BY_LAPSED 3       /* `enforced` at once: it was known that no lease was left */
#define FORWARDED 4       /* something is forwarded after an `enforced` */
#define RECOVERED 5       /* something is forwarded by a proxy that was outwaited before */
#ifndef REACH
#define REACH 0
#endif

#define NONE 255
#define max(a, b) ((a) > (b) -> (a) : (b))

byte head                     /* the log: changes 1 … head are committed */
byte answered                 /* the highest change for which `enforced` was answered */

typedef Row {                 /* of one incarnation, in the control plane's database */
  bit exists
  byte enrolled_seq           /* it never held anything older */
  byte renewal_n              /* its latest grant; 0: none yet */
  byte lapsed_n               /* all leases up to this grant are known to be over */
  byte fenced_seq             /* it is proven to serve nothing older, although it did not say so itself */
}
Row row[PROXIES]

typedef Proxy {
  byte applied                /* the state under which it forwards */
  byte acked                  /* what an ack or a renewal of it has shown to whoever heard it */
  bit goodbye                 /* it has said that it is ending, to whoever heard it */
  byte sent                   /* renewals 1 … sent were sent */
  byte left[RENEWALS + 1]     /* ticks until the lease of that renewal is over */
  byte head_seq[RENEWALS + 1] /* the first answer to it: another one has no lower head, and its lease ends no later */
  byte lease                  /* the renewal whose lease is in effect; 0: none */
}
Proxy proxy[PROXIES]

byte timer[REPLICAS]          /* ticks until that replica has waited long enough */

/* Rules, as they are and as somebody might get them wrong. */
#define holds(p) (proxy[p].lease != 0 && proxy[p].left[proxy[p].lease] > 0)

#ifdef LEASE_FROM_RECEIVE
#define in_time(p, n) true
#else
#define in_time(p, n) (proxy[p].left[n] > 0)
#endif

#ifdef EFFECT_AT_ONCE
#define caught_up(p, n) true
#else
#define caught_up(p, n) (proxy[p].head_seq[n] <= proxy[p].applied)
#endif

#ifdef HEAD_BEFORE_GRANT
#define head_may_be_read(p, n) true
#define may_be_answered(p, n) (row[p].renewal_n >= n)
#else
#define head_may_be_read(p, n) (row[p].renewal_n >= n)
#define may_be_answered(p, n) true
#endif

#ifdef GRANT_TAKEN_BACK
#define grant_counts(p, n) (row[p].renewal_n != n)
#else
#define grant_counts(p, n) (row[p].renewal_n < n)
#endif

/* While the head of an answer is not applied it has no effect, like one that arrives only after that. */
inline take_answer(p, number) {
  d_step {
    number > proxy[p].lease && proxy[p].head_seq[number] != NONE && may_be_answered(p, number) && caught_up(p, number) && in_time(p, number) ->
    proxy[p].lease = number
#ifdef LEASE_FROM_RECEIVE
    proxy[p].left[number] = LEASE
#endif
  }
}

inline forget_leases(p) {
  proxy[p].lease = 0
  for (n : 1 .. RENEWALS) {
    proxy[p].left[n] = 0
    proxy[p].head_seq[n] = NONE
  }
  n = 0
}

#ifdef WAIT_FROM_COMMIT
#define wait_from_commit() timer[r] = WAIT
#define wait_from_rows() skip
#else
#define wait_from_commit() skip
#define wait_from_rows() timer[r] = WAIT
#endif

#ifdef LAPSED_REGARDLESS
#define lapse_counts(p) true
#else
#define lapse_counts(p) (row[p].renewal_n == waits_over[p])
#endif

/* Incarnations differ in nothing but their number, so it may follow the order in which they start. */
#define first_of_equals(p) (p == 0 || row[0].exists)

active [PROXIES] proctype Incarnation() {
  byte p = _pid
  byte n

  /* It reads the head, then its row is committed: what happens between the two it learns before its first lease. */
  d_step { first_of_equals(p) -> proxy[p].applied = head; proxy[p].acked = head; forget_leases(p) }
  d_step { row[p].enrolled_seq = proxy[p].applied; row[p].exists = 1 }

  do
  /* It forwards. Lease and state are looked at in the very step of the write. */
  :: d_step { holds(p) ->
       assert(proxy[p].applied >= answered)
       assert(!(REACH == FORWARDED && answered > 0))
       assert(!(REACH == RECOVERED && row[p].fenced_seq > row[p].enrolled_seq))
     }

  /* It asks for a lease, which runs from here. */
  :: d_step { proxy[p].sent < RENEWALS ->
       proxy[p].sent++
       proxy[p].left[proxy[p].sent] = LEASE
     }

  /* The next event arrives, is applied and then acknowledged. What lies behind a gap is dropped, and so is what is known. */
#ifdef ACK_BEFORE_APPLY
  :: d_step { proxy[p].acked < head -> proxy[p].acked++ }
  :: d_step { proxy[p].applied < proxy[p].acked -> proxy[p].applied++ }
#else
  :: d_step { proxy[p].applied < head -> proxy[p].applied++; proxy[p].acked = proxy[p].applied }
#endif

  /* An answer arrives. */
  :: take_answer(p, 1)
#if RENEWALS > 1
  :: take_answer(p, 2)
#endif
#if RENEWALS > 2
  :: take_answer(p, 3)
#endif
#if RENEWALS > 3
  :: take_answer(p, 4)
#endif

  /* It closes what it serves and says goodbye, or it is simply gone. */
  :: d_step { forget_leases(p); proxy[p].goodbye = 1 } break
  :: d_step { forget_leases(p) } break
  od
}

/* The grant is committed. One that comes late or again takes no later one back. */
inline commit_grant(p, n) {
  d_step { row[p].exists && n <= proxy[p].sent && grant_counts(p, n) -> row[p].renewal_n = n }
}

/* The head is read, in a snapshot that contains the grant, and the answer sent. */
inline answer_renewal(p, n) {
  d_step { n <= proxy[p].sent && proxy[p].head_seq[n] == NONE && head_may_be_read(p, n) && in_time(p, n) -> proxy[p].head_seq[n] = head }
}

/* Renewals of an incarnation, by whatever replicas they reach, whenever and as often as they do. */
active [PROXIES] proctype Grants() {
  byte p = _pid - PROXIES

  do
  :: commit_grant(p, 1)
  :: answer_renewal(p, 1)
#if RENEWALS > 1
  :: commit_grant(p, 2)
  :: answer_renewal(p, 2)
#endif
#if RENEWALS > 2
  :: commit_grant(p, 3)
  :: answer_renewal(p, 3)
#endif
#if RENEWALS > 3
  :: commit_grant(p, 4)
  :: answer_renewal(p, 4)
#endif
  od
}

/* Rows of all incarnations, in one snapshot: for whom to wait, and over which grant. The wait counts from here. */
inline read_rows() {
  d_step {
    do
    :: p < PROXIES ->
         if
         :: row[p].exists && row[p].enrolled_seq < change && row[p].fenced_seq < change && row[p].renewal_n > row[p].lapsed_n ->
              waits_over[p] = row[p].renewal_n
              wait_from_rows()
         :: else
         fi
         p++
    :: else -> break
    od
    p = 0
  }
}

/* It is told of a change that is made already. */
inline repeat(number) {
  d_step { head >= number -> change = number; wait_from_commit() }
#ifndef REPEAT_ANSWERS_AT_ONCE
  read_rows()
#endif
}

/* The proxy has applied the change, or is ending, and this replica heard of it: by ack, by renewal, from the row. */
inline heard_of(p) {
  d_step { waits_over[p] != 0 && (proxy[p].acked >= change || proxy[p].goodbye) -> waits_over[p] = 0 }
}

/* The proxy was outwaited, which is put on record. */
inline outwaited(p) {
  d_step { waits_over[p] != 0 && timer[r] == 0 ->
    row[p].fenced_seq = max(row[p].fenced_seq, change)
    if
    :: lapse_counts(p) -> row[p].lapsed_n = row[p].renewal_n
    :: else
    fi
    waits_over[p] = 0
  }
}

inline forget_receipt() {
  change = 0
  timer[r] = 0
  waits_over[0] = 0
  waits_over[PROXIES - 1] = 0
}

/* PROXIES is 1 or 2. */
#define nobody_waits() (waits_over[0] == 0 && waits_over[PROXIES - 1] == 0)
/* The change is newer than the incarnation, and than what is proven of it. */
#define outlived(p) (row[p].exists && row[p].enrolled_seq < change && row[p].fenced_seq < change)

/* A replica of the control plane: it makes a change, or is asked to repeat one, and answers when nothing older is served. */
active [REPLICAS] proctype Replica() {
  byte r = _pid - 2 * PROXIES
  byte change, p
  byte waits_over[PROXIES]    /* the grant that was read with that incarnation's row; 0: nothing to wait for */

  do
  :: if
#ifdef ROWS_BEFORE_COMMIT
     :: d_step { head < CHANGES -> change = head + 1 } read_rows()
        d_step { head < CHANGES -> head++; change = head }
#else
     :: d_step { head < CHANGES -> head++; change = head; wait_from_commit() } read_rows()
#endif
     :: repeat(1)
#if CHANGES > 1
     :: repeat(2)
#endif
#if CHANGES > 2
     :: repeat(3)
#endif
     fi

     do
     :: heard_of(0)
#if PROXIES > 1
     :: heard_of(1)
#endif
#ifndef NEVER_OUTWAITS
     :: outwaited(0)
#if PROXIES > 1
     :: outwaited(1)
#endif
#endif
     /* Nobody is left to be waited for: it answers `enforced`. */
     :: d_step { nobody_waits() ->
          answered = max(answered, change)
          assert(!(REACH == BY_ACK && row[0].renewal_n > row[0].lapsed_n && proxy[0].acked >= change && outlived(0)))
          assert(!(REACH == BY_OUTWAITING && row[0].fenced_seq == change && proxy[0].acked < change))
          assert(!(REACH == BY_LAPSED && row[0].renewal_n != 0 && row[0].renewal_n <= row[0].lapsed_n && outlived(0) && proxy[0].acked < change))
          forget_receipt()
        }
        break
#ifndef ALWAYS_ANSWERS
     /* It crashes, and what it was about to answer with it. */
     :: d_step { forget_receipt() }
        break
#endif
     od
  od
}

/* Time. Nothing is bound to happen before a tick, and any number of ticks may come between two steps. */
active proctype Clock() {
  byte p, n
  do
  :: d_step {
       for (n : 0 .. REPLICAS - 1) {
         timer[n] = (timer[n] > 0 -> timer[n] - 1 : 0)
       }
       for (p : 0 .. PROXIES - 1) {
         for (n : 1 .. RENEWALS) {
           if
           :: proxy[p].left[n] > 0 ->
                proxy[p].left[n]--
                if
                :: proxy[p].left[n] == 0 && proxy[p].lease == n -> proxy[p].lease = 0
                :: else
                fi
#ifndef LEASE_FROM_RECEIVE
                /* Whatever answer still comes is of no use: states that differ in it alone are one. */
                if
                :: proxy[p].left[n] == 0 -> proxy[p].head_seq[n] = NONE
                :: else
                fi
#endif
           :: else
           fi
         }
       }
       p = 0
       n = 0
     }
  od
}

#ifdef ALWAYS_ANSWERS
/* No proxy, alive or gone, and no network can keep a replica that does not crash from its answer. */
ltl always_answers { [] (head == CHANGES -> <> (answered == CHANGES)) }
#endif
