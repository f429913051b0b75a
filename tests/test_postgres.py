"""The throwaway PostgreSQL that other tests use: fresh databases, and commits that survive a kill."""

import psutil
import psycopg


def connect(url):
    return psycopg.connect(url.replace("+psycopg", ""))


def test_each_database_is_empty_and_of_its_own(postgres):
    first, second = postgres.url(), postgres.url()
    with connect(first) as connection:
        connection.execute("CREATE TABLE t (n int)")
    with connect(second) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_migrated_one_has_all_tables_and_never_the_rows_of_another_test(postgres):
    for _ in range(2):
        with postgres.migrated() as url, connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM project").fetchone() == (0,)
            connection.execute("INSERT INTO project VALUES ('p', now(), false, false)")
            connection.commit()


def test_what_was_committed_survives_a_kill_and_nothing_else(own_postgres):
    server = own_postgres(durable=True)
    url = server.url()
    assert server.administer("SHOW fsync") == [("on",)]
    with connect(url) as connection:
        connection.execute("CREATE TABLE t (n int)")
        connection.execute("INSERT INTO t VALUES (1)")
    unfinished = connect(url)
    unfinished.execute("INSERT INTO t VALUES (2)")
    family = psutil.Process(server._server.pid).children(recursive=True)
    assert len(family) > 3
    server.kill()
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)
    server.restart()
    with connect(url) as connection:
        assert connection.execute("SELECT n FROM t").fetchall() == [(1,)]
    unfinished.close()
