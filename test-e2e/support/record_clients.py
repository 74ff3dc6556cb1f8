"""psycopg and asyncpg at work: prints one JSON object of everything they saw. The test runs it twice and compares."""
import asyncio
import datetime
import io
import json
import os
import ssl
import sys
import threading

import asyncpg
import psycopg

AT = json.loads(os.environ["AT"])
seen = {}


def failure(work):
    try:
        work()
    except psycopg.Error as error:
        return [error.sqlstate, str(error.diag.message_primary)]
    return "worked"


def with_psycopg():
    tls = {"sslmode": "verify-full", "sslrootcert": AT["ca"]} if AT.get("ca") else {}
    with psycopg.connect(host=AT["host"], port=AT["port"], user=AT["user"], password=AT["password"], dbname=AT["database"], autocommit=True, **tls) as db:
        yield "parameters", db.execute("SELECT %s::int + 1, %s::text, %s::jsonb", (41, "Zoë", '{"a": 1}')).fetchall()
        yield "binary", str(db.cursor(binary=True).execute("SELECT %b::timestamptz", (datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc),)).fetchall())
        yield "prepared", [db.execute("SELECT label FROM item WHERE n = %s", (n,), prepare=True).fetchone() for n in range(1, 12)]
        yield "error", failure(lambda: db.execute("SELECT * FROM nowhere"))
        with db.transaction():
            db.execute("UPDATE item SET label = 'mine' WHERE n = 5")
            yield "savepoint", failure(lambda: inner(db))
            with db.cursor(name="named") as cursor:
                cursor.itersize = 7
                cursor.execute("SELECT n FROM generate_series(1, 25) AS n")
                yield "server-side cursor", [row[0] for row in cursor]
            db.execute("UPDATE item SET label = 'item 5' WHERE n = 5")
        with db.pipeline():
            cursors = [db.execute("SELECT %s::int", (n,)) for n in range(200)]
        yield "pipeline", [cursor.fetchone()[0] for cursor in cursors]

        def broken():
            with db.pipeline() as pipeline:
                db.execute("SELECT 1")
                db.execute("SELECT 1/0")
                db.execute("SELECT 2")
                pipeline.sync()

        yield "pipeline with an error", failure(broken)
        yield "and then", db.execute("SELECT 1").fetchall()
        db.execute("DO $$BEGIN DELETE FROM loaded; END$$")
        with db.cursor().copy("COPY loaded FROM STDIN") as copy:
            for n in range(5000):
                copy.write_row((n, f"row {n}"))
        with db.cursor().copy("COPY (SELECT * FROM loaded ORDER BY n) TO STDOUT") as copy:
            yield "copy", sum(len(chunk) for chunk in copy)

        def bad():
            with db.cursor().copy("COPY loaded FROM STDIN") as copy:
                copy.write("not a number\tx\n")

        yield "bad copy", failure(bad)
        db.execute("LISTEN news")
        db.execute("NOTIFY news, 'hello'")
        yield "notify", [one.payload for one in db.notifies(timeout=10, stop_after=1)]
        threading.Timer(0.5, db.cancel_safe).start()
        yield "cancel", failure(lambda: db.execute("SELECT pg_sleep(30)"))


def inner(db):
    with db.transaction():
        db.execute("SELECT 1/0")


async def with_asyncpg():
    tls = ssl.create_default_context(cafile=AT["ca"]) if AT.get("ca") else False
    db = await asyncpg.connect(host=AT["host"], port=AT["port"], user=AT["user"], password=AT["password"], database=AT["database"], ssl=tls)
    out = {}
    out["parameters"] = [list(row) for row in await db.fetch("SELECT $1::int + 1, $2::text, $3::text[]", 41, "Zoë", ["a", None])]
    statement = await db.prepare("SELECT label FROM item WHERE n = $1")
    out["prepared"] = [await statement.fetchval(n) for n in range(1, 12)]
    try:
        await db.fetch("SELECT 1/0")
    except asyncpg.PostgresError as error:
        out["error"] = [error.sqlstate, str(error)]
    async with db.transaction():
        out["cursor"] = [row["n"] async for row in db.cursor("SELECT n FROM generate_series(1, 120) AS n", prefetch=50)]
    await db.executemany("UPDATE item SET label = $2 WHERE n = $1", [(n, f"item {n}") for n in range(1, 21)])
    await db.execute("DO $$BEGIN DELETE FROM loaded; END$$")
    out["copy in"] = await db.copy_records_to_table("loaded", records=[(n, f"row {n}") for n in range(5000)])
    sink = io.BytesIO()
    out["copy out"] = [await db.copy_from_query("SELECT * FROM loaded ORDER BY n", output=sink), len(sink.getvalue())]
    heard = asyncio.get_running_loop().create_future()
    await db.add_listener("news", lambda *said: heard.set_result(said[3]))
    await db.execute("NOTIFY news, 'hello'")
    out["notify"] = await asyncio.wait_for(heard, 10)
    try:
        await db.fetch("SELECT pg_sleep(30)", timeout=0.5)
    except asyncio.TimeoutError:
        out["timeout"] = "cancelled by its own timeout"
    out["and then"] = await db.fetchval("SELECT 1")
    await db.close()
    return out


seen["psycopg"] = dict(with_psycopg())
seen["asyncpg"] = asyncio.run(with_asyncpg())
json.dump(seen, sys.stdout)
