"""The ground floor: engine and sessions, identifiers, time, inbox, outbox, migrations."""
