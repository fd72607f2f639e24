"""What a function answered, remembered in bounded memory."""

from __future__ import absolute_import, division, print_function, unicode_literals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

LIMIT = 10000  # answers
LONGEST = 512  # characters of what is asked


class Memo(dict):  # type: ignore[type-arg]
    """
    ``memo[question]`` gives what the function answers, and asks it once.

    Where there are too many answers all are forgotten, which costs less than to know the oldest. In memory only;
    threads may share it.

        >>> lengths = Memo(len)
        >>> lengths['four'], lengths['four'], len(lengths)
        (4, 4, 1)

    :param function: of one text, or of a tuple of some
    :param int limit: the most answers that are kept
    :param int longest: what is longer is asked each time; of a tuple, the number of its texts counts
    """

    def __init__(self, function, limit=LIMIT, longest=LONGEST):
        # type: (Callable[[Any], Any], int, int) -> None
        super(Memo, self).__init__()
        self._function = function
        self._limit = limit
        self._longest = longest

    def __missing__(self, question):
        # type: (Any) -> Any
        answer = self._function(question)
        if len(question) <= self._longest:
            if len(self) >= self._limit:
                self.clear()
            self[question] = answer
        return answer
