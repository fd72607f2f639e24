"""Outbox delivery: hits are written to an SQLite file first, and delivered from it by any process."""

from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import logging
import os
import time

import six

from .. import _json
from .._compat import process
from .._log import RateLimitedLog
from .._sqlite_file import StorageError
from ..errors import ConfigurationError
from ..secrets import Secret, describe
from .background import Background
from .base import QUEUED, Envelope, Outcome
from .outbox_file import DURABLE, LEASE, OutboxFile
from .retry import DAY, Retry
from .worker import BATCH, INTERVAL, Worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Text, Tuple

    from ..providers.base import BaseProvider

log = logging.getLogger(__name__)
_warnings = RateLimitedLog(log)

MAX_ROWS = 1000000
MAX_BYTES = 1 << 30
MAX_AGE = 7 * DAY  # seconds
NEWEST = 1 << 62  # a row beyond all

STORED = Outcome(QUEUED)


class Outbox(Worker):
    """
    A call returns when the hit is in the file: from then on it outlives the process, even ``kill -9``.

    Any number of threads, processes and providers share one file. Each process that writes to it also
    delivers from it; a row that a process has taken is given back when that process dies. When the file
    cannot be written, hits wait in memory meanwhile, with a warning; the outcome's reason is then
    ``in_memory``. The file holds payloads, which are personal data where you did not remove it, and
    never credentials.

    :param path: the file; its folder must exist
    :param str durable: ``'normal'``, or ``'full'`` to outlive a power cut too, for a wait for the disk
    :param int max_rows: the most hits that wait; the oldest are dropped beyond (``outbox_full``)
    :param int max_bytes: the most bytes of waiting hits in the file
    :param float max_age: seconds after which a hit is dropped (``too_old``)
    :param int batch: how many hits are delivered at a time, at most; where a request carries fewer, 100 at most
    :param float interval: seconds that a hit waits for others to travel with
    :param Retry retry: the policy of retries; by default as long as ``max_age``
    :raises ConfigurationError: for a path or numbers that cannot work
    """

    POLL = 1.0  # seconds between looks for rows that other processes wrote or left

    def __init__(
        self,
        path,
        durable="normal",
        max_rows=MAX_ROWS,
        max_bytes=MAX_BYTES,
        max_age=MAX_AGE,
        batch=BATCH,
        interval=INTERVAL,
        retry=None,
    ):
        # type: (Any, Text, int, int, float, int, float, Optional[Retry]) -> None
        path = getattr(path, "__fspath__", lambda: path)()
        if not isinstance(path, (six.text_type, bytes)) or not path:
            raise ConfigurationError("Outbox takes the path of a file, not %s" % describe(path))
        if durable not in DURABLE:
            raise ConfigurationError(
                "durable= takes 'normal' or 'full', not %s" % describe(durable)
            )
        if max_rows < 1 or max_bytes < 1 or max_age <= 0:
            raise ConfigurationError("Outbox takes max_rows >= 1, max_bytes >= 1, max_age > 0")
        self.file = OutboxFile(path, durable, max_rows, max_bytes, max_age)
        self._providers = {}  # type: Dict[Text, BaseProvider]
        self._keys = {}  # type: Dict[BaseProvider, Text]
        self._rows = {}  # type: Dict[Text, int]  # envelope id -> row, of what the lanes hold
        self._memory = Background()
        retry = Retry(cap=300.0, max_age=max_age) if retry is None else retry
        super(Outbox, self).__init__(batch, interval, retry)

    def start_empty(self):
        # type: () -> None
        super(Outbox, self).start_empty()
        self._rows = {}
        self._announced = 0  # hits that were written since the thread last looked
        self._more = 0  # what it saw there, and has not taken
        self._kept = 0.0  # when the leases were last renewed
        self._last = NEWEST  # the row up to which flush() waits

    def attach(self, provider):
        # type: (BaseProvider) -> None
        """Deliver the rows of this provider, also those that other processes wrote."""
        self._keys[provider] = key_of(provider)
        self._providers[self._keys[provider]] = provider

    def submit(self, provider, envelope):
        # type: (BaseProvider, Envelope) -> Outcome
        """Write an envelope to the file; true when it is there."""
        if self._pid != process.pid:  # as check_process() asks
            self.start_empty()
        try:
            key = self._keys.get(provider) or self._key(provider)
            row = (envelope.id, envelope.time, _json.dumps(envelope.payload))
            self._accept(provider, 1, self.file.add(key, (row,)))
            return STORED
        except StorageError as error:
            return self._keep_in_memory(provider, [envelope], error)[0]

    def _key(self, provider):
        # type: (BaseProvider) -> Text
        self.attach(provider)
        return self._keys[provider]

    def submit_batch(self, provider, envelopes):
        # type: (BaseProvider, Sequence[Envelope]) -> List[Outcome]
        """Write envelopes in one transaction: all are in the file after, or none."""
        self.check_process()
        key = self._keys.get(provider) or self._key(provider)
        rows = [(each.id, each.time, _json.dumps(each.payload)) for each in envelopes]
        try:
            self._accept(provider, len(rows), self.file.add(key, rows))
            return [STORED] * len(rows)
        except StorageError as error:
            return self._keep_in_memory(provider, envelopes, error)

    def _accept(self, provider, count, dropped):
        # type: (BaseProvider, int, int) -> None
        if dropped:
            provider.guard.counts.lost("outbox_full", dropped)
            _warnings.warning("outbox_full", "the outbox is full: its oldest hits were dropped")
        self._announced += count
        if self._announced >= self._wake_at or self._thread is None:  # as wake() would find
            self.wake()  # without a thread, another process delivers, or the outbox command

    def _keep_in_memory(self, provider, envelopes, error):
        # type: (BaseProvider, Sequence[Envelope], StorageError) -> List[Outcome]
        _warnings.warning(
            ("memory", error.reason), "the outbox cannot be written, hits wait in memory: %s", error
        )
        outcomes = self._memory.submit_batch(provider, envelopes)
        return [Outcome(QUEUED, "in_memory") if outcome else outcome for outcome in outcomes]

    def pending(self):
        # type: () -> int
        return self._announced + self._more

    def waiting(self):
        # type: () -> int
        if not self._providers:  # nothing to look for, and no reason to make the file
            return self._memory.waiting()
        try:
            count, self._last = self.file.left(list(self._providers), self._last)
            return count + self._memory.waiting()
        except StorageError:
            return self._held + self._memory.waiting()

    def take_in(self, now):
        # type: (float) -> None
        """Lease rows for the lanes that have room, and keep the leases that this process has."""
        self._announced = self._more = 0
        try:
            if self._rows and now - self._kept > LEASE / 4:
                self.file.keep()
                self._kept = now
            for key, provider in list(self._providers.items()):
                lane = self._lanes.get(id(provider))
                if lane is None or not len(lane):
                    self._lease(key, provider, now)
            self.file.tidy()  # waits for the disk, which else the call of somebody would do
        except StorageError as error:
            _warnings.warning(error.reason, "the outbox cannot be read: %s", error)

    def _lease(self, key, provider, now):
        # type: (Text, BaseProvider, float) -> None
        rows, expired = self.file.lease(key, self.batch)
        provider.guard.counts.lost("too_old", expired)
        for row, id, moment, created, payload in rows:
            self._held += 1
            self._rows[id] = row
            since = now - max(time.time() - created, 0.0)
            self.hold(provider, [Envelope(id, moment, _json.loads(payload))], since)
        if len(rows) == self.batch:
            self._more = self.batch  # or more

    def settle(self, provider, results):
        # type: (BaseProvider, List[Tuple[Envelope, Outcome]]) -> None
        super(Outbox, self).settle(provider, results)
        done = []
        for envelope, outcome in results:
            row = self._rows.pop(envelope.id, None)
            if row is not None:
                done.append((row, None if outcome else outcome.reason))
        try:
            self.file.remove(done)
        except StorageError as error:  # the rows are delivered again: at least once, never lost
            _warnings.warning(error.reason, "the outbox cannot be written: %s", error)

    def flush(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Wait until all hits of the attached providers are out that the file holds now; tell whether they are."""
        self.check_process()
        self._last = NEWEST  # not those to come, or others that write could hold it up for ever
        done = super(Outbox, self).flush(timeout)
        return done and self._memory.flush(timeout)

    def abandon(self):
        # type: () -> None
        """Leave in the file, for others or a later start, what this process has taken."""
        for lane in self._lanes.values():
            self._held -= len(lane.drain())
        self._rows.clear()
        self._more = 0  # or the thread would not end
        try:
            self.file.release()
        except StorageError:
            pass  # the leases end by themselves

    def close(self, timeout=None):
        # type: (Optional[float]) -> bool
        """Flush, and end the thread; what is not delivered stays in the file."""
        done = super(Outbox, self).close(timeout)
        self.file.close()
        return self._memory.close(0.0 if timeout is not None else None) and done


def key_of(provider):
    # type: (BaseProvider) -> Text
    """Name a provider and its account, alike in every process, without showing the account."""
    account = provider.data.reveal() if isinstance(provider.data, Secret) else provider.data
    place = [provider.name, six.text_type(account), six.text_type(provider.options.get("url"))]
    digest = hashlib.sha256("|".join(place).encode("utf-8")).hexdigest()
    return "%s-%s" % (provider.name, digest[:16])


def parse(text):
    # type: (Text) -> Outbox
    """Make the outbox that ``outbox:///path`` names."""
    path = text.partition("://")[2]
    if not path:
        raise ConfigurationError("delivery='outbox:///path' needs the path of a file")
    return Outbox(os.path.expanduser(path))
