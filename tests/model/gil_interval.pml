/* SPDX-License-Identifier: MIT
 *
 * common/gil/interval.c as a model for spin: what no stress test can show, that
 * the lock is right whatever the threads' order, is tried here in every order.
 *
 * Statement by statement and with the code's own names. A comment that begins
 * with "=" quotes the C code that the lines below it stand for; the script
 * tests/model/check compares all of them with the C files, so that one cannot
 * change without the other. What stands without such a comment is the model's own.
 *
 *   N          threads
 *   TIMEOUTS   1: a wait of one interval may time out at any moment; 0: never,
 *              because a time-out hides a wake-up that was lost
 *   SPURIOUS   1: a wait may return for no reason; 0: never, for the same reason
 *   ENDLESS    1: threads count for ever, for `ltl passed_on`; 0: each takes
 *              the lock TAKES times and passes TURNS checkpoints each time, and
 *              all must come to their end
 *
 * Proved: one holder at most (the assertions on `holders`); no lost wake-up and
 * no deadlock (spin's "invalid end state"); a holder that was asked does not
 * get the lock back before another had it (the assertions on `last_taker`); who
 * is asked has held the lock during all of the wait (that on `noted`); nobody
 * keeps the lock for ever while others count too (`passed_on`): of two threads,
 * the one that waits gets it. Not true, so not claimed: that each of three gets
 * it, or that a thread which drops unasked does not win it back every time.
 */
#define NOBODY N

/* tests/model/agrees has a list of what the code's threads did in one run, and
 * asks whether the model can do the same in the same order. Then NEXT(event) is
 * true if that is the next in the list, and by `me`; DONE goes on to the one
 * after it. Otherwise they mean nothing. */
#ifndef NEXT
#define NEXT(event) true
#define DONE skip
#define SEEN(event)
#endif

typedef cond { bool waits[N] } /* a condition variable: its set of waiters */

byte mutex = NOBODY; /* who owns it */
cond released;
cond switched;
bool locked;
byte last_holder = NOBODY;
bool eval_breaker;

/* gil->handoffs grows without end. The code asks only whether it has moved
 * since a waiter noted it, which is one bit a waiter. */
bool handoffs_moved[N];

byte holders;              /* as gil->holders: at_once_enter, at_once_leave */
byte last_taker = NOBODY;  /* the model's own witness of who had the lock */

/* POSIX promises no order at a mutex, so endless time-outs could keep another
 * thread from it for ever. An interval is longer than that: where threads are
 * endless, no wait times out while somebody wants the mutex. */
#if ENDLESS
byte wanting;
#define MAY_TIME_OUT (TIMEOUTS && wanting == 0)
inline mutex_lock()
{
    wanting++;
    atomic { mutex == NOBODY && NEXT(LOCKS) -> mutex = me; wanting--; DONE }
}
#else
#define MAY_TIME_OUT TIMEOUTS
inline mutex_lock()
{
    atomic { mutex == NOBODY && NEXT(LOCKS) -> mutex = me; DONE }
}
#endif

inline mutex_unlock()
{
    atomic { NEXT(UNLOCKS) -> assert(mutex == me); mutex = NOBODY; DONE }
}

#if N > 2
#define NOBODY_WAITS(c) (!c.waits[0] && !c.waits[1] && !c.waits[2])
#else
#define NOBODY_WAITS(c) (!c.waits[0] && !c.waits[1])
#endif

inline cond_signal(c)
{
    atomic {
        if /* one waiter, any one; nobody: the signal is lost */
        :: c.waits[0] && NEXT(WAKES_0) -> c.waits[0] = false
        :: c.waits[1] && NEXT(WAKES_1) -> c.waits[1] = false
#if N > 2
        :: c.waits[2] && NEXT(WAKES_2) -> c.waits[2] = false
#endif
        :: NOBODY_WAITS(c) && NEXT(WAKES_NOBODY)
        fi;
        DONE
    }
}

inline begin_wait(c)
{
    atomic {
        NEXT(WAITS) -> assert(mutex == me);
        c.waits[me] = true;
        mutex = NOBODY;
        DONE
    }
}

inline cond_wait(c)
{
    begin_wait(c);
    if
    :: atomic { !c.waits[me] && NEXT(IS_WOKEN) -> DONE }
    :: atomic { SPURIOUS && c.waits[me] && NEXT(WAKES_UP) ->
                c.waits[me] = false; DONE }
    fi;
    mutex_lock()
}

/* The time may also run out when the signal is there already. */
inline cond_wait_us(c)
{
    begin_wait(c);
    if
    :: atomic { !c.waits[me] && NEXT(IS_WOKEN) -> timed_out = false; DONE }
    :: atomic { MAY_TIME_OUT && NEXT(TIMES_OUT) ->
                c.waits[me] = false; timed_out = true; DONE }
    :: atomic { SPURIOUS && c.waits[me] && NEXT(WAKES_UP) ->
                c.waits[me] = false; timed_out = false; DONE }
    fi;
    mutex_lock()
}

/* In common/gil/gil.c; what it records for the timeline is left out. */
inline gil_taken()
{
    /*= at_once_enter(&gil->holders); */
    holders++;
    assert(holders == 1);
    assert(!eval_breaker || last_taker != me); /* a request, a hand-off */
    last_taker = me;
    /*= struct gil_thread *last = gil->last_holder; if (last == me) return; */
    if
    :: last_holder != me ->
        last = last_holder;
        /*= gil->last_holder = me; */
        last_holder = me;
        SEEN(SWITCHES)
        /*= if (!last) return; */
        if
        :: last != NOBODY ->
            /*= gil->handoffs++; */
            d_step {
                handoffs_moved[0] = true;
                handoffs_moved[1] = true;
#if N > 2
                handoffs_moved[2] = true;
#endif
            }
        :: else
        fi;
        last = NOBODY
    :: else
    fi
}

inline gil_dropping()
{
    /*= (void)me; at_once_leave(&gil->holders); */
    assert(holders == 1);
    holders--
}

inline interval_take()
{
    /*= pthread_mutex_lock(&gil->mutex); */
    mutex_lock();
    /*= while (gil->locked) { */
    do
    :: locked ->
        /*= uint64_t handoffs = gil->handoffs; */
        handoffs_moved[me] = false;
        noted = last_taker;
        /*= bool timed_out =
              cond_wait_us(&gil->released, &gil->mutex,
                           gil->config.interval_us); */
        cond_wait_us(released);
        /*= if (timed_out && gil->locked && gil->handoffs == handoffs) { */
        if
        :: timed_out && locked && !handoffs_moved[me] ->
            assert(last_taker == noted);
            /*= gil->requests += !drop_requested(gil); */
            skip; /* a count only: gil_taken() asserts what it is to show */
            /*= request_drop(gil, true); */
            eval_breaker = true;
            SEEN(ASKS)
            /*= } */
        :: else
        fi;
        timed_out = false;
        noted = NOBODY
        /*= } */
    :: else -> break
    od;
    /*= gil->locked = true; */
    locked = true;
    SEEN(TAKEN)
    /*= gil_taken(gil, me); */
    gil_taken();
    /*= pthread_cond_signal(&gil->switched); */
    cond_signal(switched);
    /*= request_drop(gil, false); */
    eval_breaker = false;
    SEEN(CLEARS)
    /*= pthread_mutex_unlock(&gil->mutex); */
    mutex_unlock()
}

inline interval_drop()
{
    /*= pthread_mutex_lock(&gil->mutex); */
    mutex_lock();
    /*= gil_dropping(gil, me); */
    gil_dropping();
    /*= gil->locked = false; */
    locked = false;
    SEEN(DROPPED)
    /*= pthread_cond_signal(&gil->released); */
    cond_signal(released);
    /*= if (drop_requested(gil)) */
    if
    :: eval_breaker ->
        /*= while (gil->last_holder == me) */
        do
        :: last_holder == me ->
            /*= pthread_cond_wait(&gil->switched, &gil->mutex); */
            cond_wait(switched)
        :: else -> break
        od
    :: else
    fi;
    /*= pthread_mutex_unlock(&gil->mutex); */
    mutex_unlock()
}

/* A turn, and gil_checkpoint(). Only the holder's successor clears a request,
 * so a request seen here is still there in interval_drop(). */
inline count()
{
    assert(holders == 1);
    if
    :: eval_breaker ->
        /*= interval_drop(gil, me); */
        interval_drop();
        assert(last_taker != me); /* forced switch */
        /*= interval_take(gil, me); */
        interval_take()
    :: else
    fi
}

active [N] proctype thread()
{
    byte me = _pid;
    bool timed_out;
    byte noted = NOBODY; /* the model's own: who held when a wait began */
    byte last = NOBODY;
    byte takes;
    byte turns;

    do
    :: takes < TAKES ->
        interval_take();
        do
        :: ENDLESS -> count()
        :: !ENDLESS && turns < TURNS -> turns++; count()
        :: !ENDLESS && turns == TURNS -> break
        od;
        turns = 0;
        interval_drop();
        takes++
    :: else -> break
    od
}

#if ENDLESS
ltl passed_on {
    ([]<> (last_taker != 0)) && ([]<> (last_taker != 1))
#if N > 2
    && ([]<> (last_taker != 2))
#endif
}
#endif
