-- The next deliveries of a tenant are the first entries of an index, however many wait behind them.
DROP INDEX ix_inbox_open;
CREATE INDEX ix_inbox_open ON inbox (tenant_id, next_try_at, id) WHERE state IN ('new', 'waiting');

-- A payer's reference is looked for at every connection of a creditor: it comes first.
DROP INDEX uq_payment_request_reference;
CREATE UNIQUE INDEX uq_payment_request_reference ON payment_request (reference, connection_id);
DROP INDEX uq_payment_request_external;
CREATE UNIQUE INDEX uq_payment_request_external ON payment_request (external_ref, connection_id)
    WHERE external_ref IS NOT NULL;

-- The short way of posting one entry looks itself whether the day is open, so that nobody need ask before each; on a
-- closed day it writes nothing, and the entry is posted by the long way on the first open one.
CREATE OR REPLACE FUNCTION book_post_plain(
    new_id text, new_kind text, new_key text, hash bytea, on_day date, cause text, new_memo text, moment timestamptz,
    accounts text[], in_currency text, amounts bigint[]
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
    SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    here text := this_tenant();
    lines integer := cardinality(accounts);
    amount bigint;
    total numeric := 0;
    locked integer;
    limited boolean;
    own xid8;
    nos bigint[];
    made bigint;
BEGIN
    IF here IS NULL THEN
        RAISE EXCEPTION 'no tenant is set' USING ERRCODE = 'AF006';
    ELSIF lines < 2 OR lines > 32767 OR lines <> cardinality(amounts) OR 0 = ANY (amounts) THEN
        RETURN false;
    END IF;
    FOREACH amount IN ARRAY amounts LOOP
        total := total + amount;
    END LOOP;
    IF total <> 0 THEN
        RETURN false;
    END IF;
    -- The day stays open until the transaction ends. Before any balance's row, so that no circle of waits can arise.
    PERFORM pg_advisory_xact_lock_shared(book_closing_key(here));
    -- A statement of its own, so that it sees the close that this one waited for.
    IF EXISTS (
        SELECT FROM book_closed_until c WHERE c.tenant_id = here AND c.until >= on_day
        AND c.creditor_id IN (SELECT a.creditor_id FROM account a WHERE a.id = ANY (accounts))
    ) THEN
        RETURN false;
    END IF;

    SELECT count(*), bool_or(b.limited) INTO locked, limited
    FROM (
        SELECT b.floor_minor IS NOT NULL OR b.ceiling_minor IS NOT NULL AS limited
        FROM account a JOIN account_balance b ON b.account_no = a.no
        WHERE a.id = ANY (accounts) AND a.tenant_id = here ORDER BY b.account_no FOR NO KEY UPDATE OF b
    ) b;
    IF limited OR locked <> lines THEN
        RETURN false;
    END IF;
    -- Seals count on a transaction having its number before it draws one for an entry (0004_seals.sql).
    own := pg_current_xact_id();
    -- A statement of its own, so that it sees the states that another transaction left while this one waited for it.
    SELECT array_agg(a.no ORDER BY l.place) INTO nos
    FROM unnest(accounts) WITH ORDINALITY AS l(account, place) JOIN account a ON a.id = l.account
    WHERE a.tenant_id = here AND a.is_leaf AND a.closed_at IS NULL AND a.frozen_at IS NULL AND a.currency = in_currency;
    IF cardinality(nos) IS DISTINCT FROM lines THEN
        RETURN false;
    END IF;

    INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at, postings,
                               source, memo)
    VALUES (new_id, here, new_kind, new_key, hash, on_day, moment, lines, cause, new_memo::jsonb)
    ON CONFLICT (tenant_id, idem_key) DO NOTHING RETURNING seq INTO made;
    IF made IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO posting (entry_seq, line, tenant_id, account_no, currency, amount_minor, effective_date)
    SELECT made, l.place, here, l.no, in_currency, l.amount, on_day
    FROM unnest(nos, amounts) WITH ORDINALITY AS l(no, amount, place);
    UPDATE account_balance b
    SET debit_minor = b.debit_minor + greatest(l.amount, 0), credit_minor = b.credit_minor + greatest(-l.amount, 0),
        version = b.version + 1
    FROM unnest(nos, amounts) AS l(no, amount) WHERE b.account_no = l.no;
    INSERT INTO account_balance_day AS d (tenant_id, account_no, day, debit_minor, credit_minor)
    SELECT here, l.no, on_day, greatest(l.amount, 0), greatest(-l.amount, 0) FROM unnest(nos, amounts) AS l(no, amount)
    ON CONFLICT (account_no, day) DO UPDATE
    SET debit_minor = d.debit_minor + excluded.debit_minor, credit_minor = d.credit_minor + excluded.credit_minor;
    RETURN true;
END $$;
