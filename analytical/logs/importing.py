"""From the lines of logs to hits, with a count of all that is no hit."""

from __future__ import absolute_import, division, print_function, unicode_literals

from .._memo import Memo
from ..errors import ConfigurationError
from .combined import usual_request
from .entry import NONE, BadLine
from .formats import NAMES, detect, named
from .pageviews import bracketed, hit_of, plain_hit
from .reader import MAX_LINE, line_id, log_id, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import (
        Any,
        Callable,
        Dict,
        Iterable,
        Iterator,
        List,
        Optional,
        Sequence,
        Text,
        Tuple,
    )

    from ..hit import Hit
    from .pageviews import Rules
    from .reader import Block

SAMPLE = 100  # lines that the format is found by
SHOWN = 5  # bad lines that are told
REQUESTS = 20000  # that are remembered


class Found(object):
    """
    What lines hold.

    :ivar int lines: how many there are
    :ivar list hits: the pageviews, each with the number of its line
    :ivar int stored: how many more there are, which the provider's file holds already
    :ivar dict left_out: reason, a key of pageviews.REASONS -> how many lines
    :ivar int bad: how many lines are not of the format
    :ivar list first_bad: of the first of these: number of the line in its log, and what is wrong
    """

    def __init__(self, lines=0):
        # type: (int) -> None
        self.lines = lines
        self.hits = []  # type: List[Tuple[int, Any]]
        self.stored = 0
        self.left_out = {}  # type: Dict[Text, int]
        self.bad = 0
        self.first_bad = []  # type: List[Tuple[int, Text]]

    def leave_out(self, reason):
        # type: (Text) -> None
        """Count a line that is no pageview."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def note(self, number, why):
        # type: (int, object) -> None
        """Count a bad line."""
        self.bad += 1
        if len(self.first_bad) < SHOWN:
            self.first_bad.append((number, "%s" % (why,)))


class Reading(object):
    """
    Reads the lines of one log, whichever come.

    :param rules: what is a pageview
    :param format: one of analytical.logs.formats
    :param base: scheme and host of lines that do not say theirs
    :param make: what makes something of the usual lines, in place of a hit, from the parameters of
        :func:`~analytical.logs.pageviews.plain_hit`
    """

    def __init__(self, rules, format, base="", make=plain_hit):
        # type: (Rules, Any, Text, Callable[..., Any]) -> None
        self._rules, self._format, self._base, self._make = rules, format, base, make
        self._requests, self._statuses = Memo(self._request, REQUESTS), rules.statuses
        self._split = getattr(format, "split", _never)  # type: Callable[[Text], Optional[Any]]
        scheme, _, host = base.rstrip("/").partition("://")
        self._origin = "%s://%s" % (scheme or "https", bracketed(host)) if host else ""
        self._origins = Memo(lambda host: "%s://%s" % (scheme or "https", bracketed(host)))

    def read(self, block, log):
        # type: (Block, Text) -> Found
        """
        Read lines.

        :param log: the log's identity
        """
        found, number = Found(len(block)), block.first
        split, requests, statuses = self._split, self._requests, self._statuses
        for place, line, text in block.texts():
            number += 1
            parts = None if text is None else split(text)
            request = None if parts is None else requests[parts[3]]
            if parts is None or request is None:
                self._unusual(text, found, number, (log, place, line))
                continue
            method, target, before, after = request
            reason = before or statuses[parts[2]] or after
            if reason is None:
                (ip, _, host), time, status, _, _, referrer, agent = parts
                agent = None if agent in NONE else agent
                reason = self._rules.of_visitor(ip, agent or "")
            if reason is not None:
                found.leave_out(reason)
                continue
            origin = self._origin if host is None else self._origins[host]
            referrer, id = None if referrer in NONE else referrer, line_id(log, place, line)
            made = self._make(origin, time, ip, target, status, referrer, agent, id, method)
            found.hits.append((number, made))
        return found

    def _request(self, text):
        # type: (Text) -> Any
        asked = usual_request(text)
        return None if asked is None else asked + self._rules.of_request(*asked)

    def _unusual(self, text, found, number, which):
        # type: (Optional[Text], Found, int, Tuple[Text, int, bytes]) -> None
        if text is None:
            found.note(number, "has more than %d bytes" % MAX_LINE)
            return
        try:
            entry = self._format.parse(text) if text.strip() else None
        except BadLine as error:
            found.note(number, error)
            return
        if entry is None:  # it tells of the log, not of a request
            return
        reason = self._rules.reason(entry)
        if reason is not None:
            found.leave_out(reason)
        else:
            found.hits.append((number, hit_of(entry, self._base, line_id(*which))))


def _never(text):
    # type: (Text) -> None
    """Stand in for the shortcut that most formats have not."""


class Task(object):
    """
    One block of a log, to be read here or elsewhere.

    :ivar block: the lines
    :ivar str log: the log's identity
    :ivar format: what :func:`analytical.logs.formats.named` makes the format of; None where lines hang on
        those before them
    """

    __slots__ = tuple(str(name) for name in ("block", "log", "format", "_reading"))

    def __init__(self, block, log, format, reading):
        # type: (Block, Text, Optional[Text], Optional[Reading]) -> None
        self.block, self.log, self.format = block, log, format
        self._reading = reading

    def read(self):
        # type: () -> Found
        """Do it."""
        if self._reading is None:
            return Found()
        return self._reading.read(self.block, self.log)

    def read_line(self, number):
        # type: (int) -> List[Tuple[int, Hit]]
        """Give the hit of one line, by its number."""
        if self._reading is None:
            return []
        return self._reading.read(self.block.line(number), self.log).hits


class Import(object):
    """
    Reads logs, one after the other.

    :param rules: what is a pageview
    :param format: a name or string for :func:`analytical.logs.formats.named`; None: found for each log
    :param base: scheme and host of lines that do not say theirs
    :param zone: the :class:`~analytical.logs.zones.Zone` of lines that name none; None: UTC
    :ivar int lines: how many lines were read
    :ivar int hits: how many of them are pageviews
    :ivar dict left_out: reason, a key of pageviews.REASONS -> how many lines
    :ivar int bad: how many lines are not of the format
    :ivar list first_bad: of the first of these: number of the line in its log, and what is wrong
    :ivar list formats: names of the formats found, each once
    :raises ConfigurationError: for a format that there is not
    """

    def __init__(self, rules, format=None, base="", zone=None):
        # type: (Rules, Optional[Text], Text, Any) -> None
        self._rules, self._wanted, self._base, self._zone = rules, format, base, zone
        if format is not None:
            named(format)
        self.lines = self.hits = self.bad = 0
        self.left_out = {}  # type: Dict[Text, int]
        self.first_bad = []  # type: List[Tuple[int, Text]]
        self.formats = []  # type: List[Text]
        self.begin()

    def begin(self, log=None, first=(), columns=b""):
        # type: (Optional[Text], Sequence[bytes], bytes) -> None
        """
        Begin another log, or go on within one.

        :param log: its log_id()
        :param first: its first lines, which the format is found by
        :param columns: the last one of those lines that says what the columns are
        """
        self._reading = self._name = None  # type: Any
        self._log = log
        if first:
            chosen = self._choose([text_of(line) for line in first])
            try:
                if columns:
                    chosen.parse(text_of(columns))
            except BadLine:  # it only looks like one, in a format of another kind
                pass

    def results(self, blocks):
        # type: (Iterable[Block]) -> Iterator[Tuple[Block, Found]]
        """
        Read the blocks of a log one after the other; give each with what it holds.

        :raises ConfigurationError: where no format reads the first lines of a log
        """
        for block in blocks:
            yield block, self.take(self.task(block).read())

    def task(self, block):
        # type: (Block) -> Task
        """Say what is to be done with the next block of a log; raises as :meth:`results`."""
        if self._reading is None and block:
            self._choose([text_of(line) for _, line in block[:SAMPLE] if line is not None])
        for _, line in block if self._log is None else ():
            self._log = log_id(line)
            if self._log is not None:
                break
        return Task(block, self._log or "", self._name, self._reading)

    def _choose(self, sample):
        # type: (List[Text]) -> Any
        chosen = detect(sample) if self._wanted is None else named(self._wanted)
        if chosen is None:
            raise ConfigurationError(
                "no format is known that reads the first lines of the log: give --format, one of %s, or "
                "the string of your server's configuration" % ", ".join(NAMES)
            )
        clock = getattr(chosen, "clock", None)
        if self._zone is not None and clock is not None:
            clock.zone = self._zone
        if chosen.name not in self.formats:
            self.formats.append(chosen.name)
        self._reading = Reading(self._rules, chosen, self._base)
        alone = self._zone is None and chosen.name != "w3c"
        self._name = (self._wanted or chosen.name) if alone else None
        return chosen

    def take(self, found):
        # type: (Found) -> Found
        """Count what the next block held."""
        self.lines += found.lines
        self.hits += len(found.hits) + found.stored
        self.bad += found.bad
        for reason, count in found.left_out.items():
            self.left_out[reason] = self.left_out.get(reason, 0) + count
        self.first_bad += found.first_bad[: SHOWN - len(self.first_bad)]
        return found
