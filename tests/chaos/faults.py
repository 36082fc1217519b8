# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of a chaos run: how each is caused, and how it is undone."""

import collections
import contextlib
import os
import signal
import threading
import time

import psycopg2

from stack import wait_until


class Faults:
    """Causes one fault a second in the stack, chosen by `dice`, a random generator. A process that
    is stopped continues after at most 3 s. One that is ended is started again, by the main thread,
    because it lives only as long as the thread that started it."""

    def __init__(self, stack, dice):
        self.stack, self.dice = stack, dice
        self.done, self.failed = collections.Counter(), []
        self.resumed = []  # threads that will continue what was stopped
        self.kinds = [self.kill_worker, self.kill_worker, self.stop_worker, self.stop_worker,
                      self.kill_backend, self.stop_backend, self.stop_backend, self.reload,
                      self.restart_database, self.kill_cache, self.stop_cache, self.wipe_cache]

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(1)
            fault = self.dice.choice(self.kinds)
            try:
                # The process may have been ended by an earlier fault.
                with contextlib.suppress(ProcessLookupError, FileNotFoundError, psycopg2.Error,
                                         ConnectionError, TimeoutError):
                    fault()
                    self.done[fault.__name__] += 1
            except Exception as error:  # pylint: disable=broad-except
                self.failed.append(f"{fault.__name__}: {error!r}")
        for thread in self.resumed:
            thread.join()

    def stop(self, pid):
        """Stops a process for up to 3 s."""
        def go_on(seconds=self.dice.uniform(0.2, 3)):
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)
        self.resumed.append(threading.Thread(target=go_on))
        self.resumed[-1].start()

    def worker(self):
        return self.dice.choice(sorted(self.stack.workers()))

    def backend(self):
        rows = self.stack.sql("select pid from pg_stat_activity where usename = 'assay_app'"
                              " order by pid", role="postgres")
        return self.dice.choice(rows)[0] if rows else self.worker()

    def kill_worker(self):
        os.kill(self.worker(), signal.SIGKILL)

    def stop_worker(self):
        self.stop(self.worker())

    def kill_backend(self):
        """PostgreSQL then ends all its other processes, too, and recovers."""
        os.kill(self.backend(), signal.SIGKILL)

    def stop_backend(self):
        self.stop(self.backend())

    def reload(self):
        os.kill(self.stack.pid("serve"), signal.SIGHUP)

    def restart_database(self):
        self.stack.end("postgres", signal.SIGQUIT)
        self.stack.again("postgres")

    def kill_cache(self):
        self.stack.end("memcached", signal.SIGKILL)
        time.sleep(self.dice.uniform(0, 1))
        self.stack.again("memcached")

    def stop_cache(self):
        self.stop(self.stack.pid("memcached"))

    def wipe_cache(self):
        self.stack.memcached(b"flush_all")


def settle(stack):
    """Waits until every part serves again and all statements have ended."""
    seen = []

    def serves():
        try:
            answer = stack.call("GET", "/readyz", key=None)
            busy = stack.sql("select state, query from pg_stat_activity where state <> 'idle'"
                             " and usename = 'assay_app'", role="postgres")
            seen[:] = [answer.text, busy]
            return answer.status_code == 200 and not busy
        except (psycopg2.Error, OSError) as error:
            seen[:] = [error]
            return False
    try:
        wait_until(serves, 60, "service")
        time.sleep(6)  # longer than the cache is left alone after a write it did not hear of
        wait_until(serves, 60, "service")
    except AssertionError as error:
        raise AssertionError(f"{error}: {seen}; {stack.log('postgres')[-1500:]}") from error
