"""What other plugins may use of stations, promised like the public API. A plugin that requires "stations" imports this module alone.

A till shows what other plugins put into the slot `stations_till` (page kind "stations.till", the till's id): a link to a page of theirs,
whose view is marked with `needs_turn`. A station's page has the slots `stations_station` and `stations_station_aside`.
"""

from __future__ import annotations

from unionhall_stations.directory.seen import StationView, open_now, stations_by_ids, stations_of, stations_of_store
from unionhall_stations.tills.seen import StoreView, payee_of, staff_member_ids, store_choices, stores_by_ids
from unionhall_stations.tills.staff import (
    ClerkView,
    TillView,
    clerks_by_ids,
    clerks_of_store,
    station_names,
    tills_locked,
    tills_of_store,
)
from unionhall_stations.tills.turns import TillTurn, current_turn, lock_till, needs_turn
from unionhall_stations.tills.uses import Used, UseSource, tell_uses

__all__ = [
    "ClerkView", "StationView", "StoreView", "TillTurn", "TillView", "UseSource", "Used", "clerks_by_ids", "clerks_of_store",
    "current_turn", "lock_till", "needs_turn", "open_now", "payee_of", "staff_member_ids", "station_names", "stations_by_ids",
    "stations_of", "stations_of_store", "store_choices", "stores_by_ids", "tell_uses", "tills_locked", "tills_of_store",
]  # fmt: skip
