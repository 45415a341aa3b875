"""What the fork server does once, so that each life begins quickly: all is imported, mapped and out of the
garbage collector's sight, where no fork has to copy it. Only the fork server imports this."""

import gc

from sqlalchemy.orm import configure_mappers

import tests.handlers.chat_intake.mortal  # noqa: F401 - and with it the whole program
from models.tables import schema

schema()
configure_mappers()
gc.collect()
gc.freeze()
