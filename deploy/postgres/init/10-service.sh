#!/bin/sh
# Once, when a new server is made: the role the service connects as, and its database. It owns that and is no superuser.
# In UTF-8 and sorted by code point, whatever the image's own locale: a newer C library then breaks no index.
set -eu

run() { psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"; }

run --dbname template1 --file /deploy/postgres/operators.sql
run --dbname postgres --set password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE clyo LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE clyo OWNER clyo TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
REVOKE ALL ON DATABASE clyo FROM PUBLIC;
SQL
for rules in operators roles; do
  run --dbname clyo --file "/deploy/postgres/$rules.sql"
done
