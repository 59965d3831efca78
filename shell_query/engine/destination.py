"""Where a run's rows go, and what may be done there."""

from dataclasses import dataclass

from shell_query.targets import UpdateType


@dataclass(frozen=True)
class Destination:
    """A data extension. `is_new`: made for this run, so that rows in it can only be this query's."""

    key: str
    name: str
    update_type: UpdateType
    is_new: bool

    @property
    def forgives_a_second_start(self) -> bool:
        """Whether a query that may have been started already may be started once more.

        Only an Overwrite: it puts its answer in place of all that is there. An Append would double its rows. An Update
        looks as if it could be repeated, since it finds its rows by their key; but it may read what it writes (`SELECT
        Id, Visits + 1 AS Visits`), and a second look can answer with other rows (TOP with NEWID(), GETDATE(), data that
        has moved), which would come on top of the first ones. So its fate is left unknown, and said to be.
        """
        return self.update_type is UpdateType.OVERWRITE
