-- A posting bears the day of its entry, so that the days of an account are found without looking at its other entries.
-- What a posting says is its entry's day: a trigger holds anybody to it, the owner by hand included.

-- Postings that stand are given their day as the table is written anew: no row is updated, so nothing that keeps postings
-- as they are is switched off for it. Whoever posts waits for this to end.
CREATE FUNCTION day_of_entry(entry_seq bigint) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT effective_date FROM public.journal_entry WHERE seq = entry_seq);
END $$;
DROP INDEX ix_posting_account;
ALTER TABLE posting ADD COLUMN effective_date DATE;
ALTER TABLE posting ALTER COLUMN effective_date TYPE DATE USING day_of_entry(entry_seq),
    ALTER COLUMN effective_date SET NOT NULL;
DROP FUNCTION day_of_entry(bigint);
CREATE INDEX ix_posting_account ON posting (account_no, effective_date, entry_seq);

-- What a statement wrote: as in 0012_short_way.sql, and each posting is on its entry's day -----------------------------
CREATE OR REPLACE FUNCTION posting_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sound boolean;
    tenants text[];
    first_day date;
    worst text[];  -- of one entry with a fault: the SQL state, the entry and what is wrong with it
    reversals bigint[];
    wrong bigint;
    late record;
BEGIN
    SELECT sum(w.amount_minor) = 0 AND bool_and(
               w.entry_seq = one.seq AND w.tenant_id = one.tenant_id AND w.currency = one.currency
               AND w.effective_date = one.effective_date AND w.line BETWEEN 1 AND one.postings AND a.closed_at IS NULL AND a.frozen_at IS NULL),
           ARRAY[min(one.tenant_id)], min(one.effective_date)
    INTO sound, tenants, first_day
    FROM (
        SELECT e.*, f.currency FROM (SELECT entry_seq, currency FROM written LIMIT 1) f
        CROSS JOIN LATERAL (
            SELECT seq, tenant_id, postings, effective_date FROM public.journal_entry
            WHERE seq = f.entry_seq AND reverses_seq IS NULL LIMIT 1
        ) e
        WHERE e.postings = (SELECT count(*) FROM written)
    ) one
    CROSS JOIN written w
    CROSS JOIN LATERAL (SELECT closed_at, frozen_at FROM public.account WHERE no = w.account_no LIMIT 1) a;
    IF sound IS NOT TRUE THEN
        SELECT min(ARRAY[f.fault[1], f.seq::text, f.fault[2]]) FILTER (WHERE f.fault IS NOT NULL),
               array_agg(f.seq) FILTER (WHERE f.reverses_seq IS NOT NULL),
               array_agg(DISTINCT f.tenant_id), min(f.effective_date)
        INTO worst, reversals, tenants, first_day
        FROM (
            SELECT e.seq, e.reverses_seq, e.tenant_id, e.effective_date, CASE
                WHEN t.tenant_first <> e.tenant_id OR t.tenant_last <> e.tenant_id
                    THEN ARRAY['AF009', 'has postings of another tenant']
                WHEN t.lines <> e.postings OR t.first <> 1 OR t.last <> e.postings
                    THEN ARRAY['AF002', format('states %s postings and is given %s', e.postings, t.lines)]
                WHEN t.unbalanced THEN ARRAY['AF003', 'is not balanced in every currency']
                WHEN t.day_first <> e.effective_date OR t.day_last <> e.effective_date
                    THEN ARRAY['AF014', 'has a posting on another day']
                WHEN t.shut THEN ARRAY['AF010', 'has a posting on an account that is frozen or closed']
                END AS fault
            FROM (
                SELECT c.entry_seq, sum(c.lines) AS lines, min(c.first) AS first, max(c.last) AS last,
                       min(c.tenant_first) AS tenant_first, max(c.tenant_last) AS tenant_last,
                       min(c.day_first) AS day_first, max(c.day_last) AS day_last,
                       bool_or(c.difference <> 0) AS unbalanced, bool_or(c.shut) AS shut
                FROM (
                    SELECT w.entry_seq, w.currency, count(*) AS lines, min(w.line) AS first, max(w.line) AS last,
                           min(w.tenant_id) AS tenant_first, max(w.tenant_id) AS tenant_last,
                           min(w.effective_date) AS day_first, max(w.effective_date) AS day_last,
                           sum(w.amount_minor) AS difference,
                           bool_or(a.closed_at IS NOT NULL OR a.frozen_at IS NOT NULL) AS shut
                    FROM written w
                    CROSS JOIN LATERAL (
                        SELECT closed_at, frozen_at FROM public.account WHERE no = w.account_no LIMIT 1
                    ) a
                    GROUP BY w.entry_seq, w.currency
                ) c
                GROUP BY c.entry_seq
            ) t
            CROSS JOIN LATERAL (
                SELECT seq, tenant_id, postings, reverses_seq, effective_date FROM public.journal_entry
                WHERE seq = t.entry_seq LIMIT 1
            ) e
        ) f;
        IF worst IS NOT NULL THEN
            RAISE EXCEPTION 'entry % %', worst[2], worst[3] USING ERRCODE = worst[1];
        END IF;
        SELECT r.seq INTO wrong
        FROM unnest(reversals) AS t(seq)
        CROSS JOIN LATERAL (SELECT e.seq, e.reverses_seq FROM public.journal_entry e WHERE e.seq = t.seq LIMIT 1) r
        CROSS JOIN LATERAL (
            SELECT account_no, amount_minor FROM public.posting WHERE entry_seq = r.seq
            UNION ALL SELECT account_no, amount_minor FROM public.posting WHERE entry_seq = r.reverses_seq
        ) p
        GROUP BY r.seq, p.account_no HAVING sum(p.amount_minor) <> 0
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'entry % does not mirror the entry it reverses', wrong USING ERRCODE = 'AF004';
        END IF;
    END IF;

    FOR i IN 1 .. coalesce(cardinality(tenants), 0) LOOP
        PERFORM pg_advisory_xact_lock_shared(public.book_closing_key(tenants[i]));
    END LOOP;
    -- A statement of its own, so that it sees the close that this one waited for.
    IF NOT EXISTS (
        SELECT FROM public.book_closed_until c WHERE c.tenant_id = ANY (tenants) AND c.until >= first_day
    ) THEN
        RETURN NULL;
    END IF;
    SELECT l.entry_seq, l.day, l.until INTO late FROM (
        SELECT w.entry_seq, w.effective_date AS day,
               (SELECT c.until FROM public.book_closed_until c WHERE c.tenant_id = w.tenant_id AND c.creditor_id =
                    (SELECT a.creditor_id FROM public.account a WHERE a.no = w.account_no)) AS until
        FROM written w
    ) l WHERE l.day <= l.until LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % counts on %, and the book is closed up to %', late.entry_seq, late.day, late.until
            USING ERRCODE = 'AF012';
    END IF;
    RETURN NULL;
END $$;

-- Posting: as in 0008_posting_speed.sql and 0012_short_way.sql, with the day --------------------------------------------
CREATE OR REPLACE FUNCTION book_post(
    ids text[], kinds text[], keys text[], hashes bytea[], days date[], reversed_ids text[], sources text[],
    memos text[], moment timestamptz,
    posting_entries integer[], posting_accounts text[], posting_currencies text[], posting_amounts bigint[]
) RETURNS TABLE (idem_key text, entry_id text, outcome text, code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
    SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    here text := this_tenant();
    line_nos bigint[];   -- the account of each posting by its number, null where the tenant has none of that name
    limited boolean;     -- whether one of the leaves has a floor or a ceiling
    codes text[];        -- why an entry is refused, null where it is not
    counts integer[];    -- how many postings each entry has
    made text[];
    seqs bigint[];       -- the number of each entry, null where it was not written
    own xid8;
BEGIN
    IF here IS NULL THEN
        RAISE EXCEPTION 'no tenant is set' USING ERRCODE = 'AF006';
    END IF;

    SELECT array_agg(a.no ORDER BY l.ordinal) INTO line_nos
    FROM unnest(posting_accounts) WITH ORDINALITY AS l(account, ordinal)
    LEFT JOIN LATERAL (SELECT no FROM account WHERE id = l.account AND tenant_id = here LIMIT 1) a ON true;

    -- Everybody locks in the same order, so that two batches never wait for each other in a circle.
    SELECT bool_or(b.limited) INTO limited
    FROM (
        SELECT floor_minor IS NOT NULL OR ceiling_minor IS NOT NULL AS limited FROM account_balance
        WHERE account_no = ANY (line_nos) ORDER BY account_no FOR NO KEY UPDATE
    ) b;
    -- Seals count on a transaction having its number before it draws one for an entry (0004_seals.sql).
    own := pg_current_xact_id();

    -- A statement of its own, so that it sees the states that another transaction left while this one waited for it.
    -- An empty line is added to each entry, so that one without lines is judged as well.
    SELECT array_agg(CASE
               WHEN f.lines NOT BETWEEN 2 AND 32767 THEN 'entry_incomplete'
               WHEN f.nothing THEN 'posting_zero'
               WHEN f.unbalanced THEN 'entry_unbalanced'
               ELSE f.fault
           END ORDER BY f.place),
           array_agg(f.lines ORDER BY f.place)
    INTO codes, counts
    FROM (
        SELECT s.place, sum(s.lines) AS lines, bool_or(s.nothing) AS nothing,
               bool_or(s.difference <> 0) AS unbalanced, min(s.fault) AS fault
        FROM (
            SELECT l.place, l.currency, count(l.amount) AS lines, sum(l.amount) AS difference,
                   bool_or(l.amount = 0) AS nothing, min(CASE
                       WHEN l.amount IS NULL THEN NULL
                       WHEN a.no IS NULL OR NOT a.is_leaf OR a.closed_at IS NOT NULL THEN 'account_not_postable'
                       WHEN a.frozen_at IS NOT NULL THEN 'account_frozen'
                       WHEN a.currency <> l.currency THEN 'posting_wrong_currency'
                   END) AS fault
            FROM (
                SELECT * FROM unnest(posting_entries, line_nos, posting_currencies, posting_amounts)
                UNION ALL SELECT place, NULL, NULL, NULL FROM generate_subscripts(ids, 1) AS e(place)
            ) l(place, no, currency, amount)
            LEFT JOIN LATERAL (
                SELECT no, is_leaf, closed_at, frozen_at, currency FROM account WHERE no = l.no LIMIT 1
            ) a ON true
            GROUP BY l.place, l.currency
        ) s GROUP BY s.place
    ) f
    WHERE f.place BETWEEN 1 AND cardinality(ids);

    IF cardinality(array_remove(reversed_ids, NULL)) > 0 THEN
        codes := book_judge_reversals(here, codes, keys, reversed_ids, posting_entries, line_nos, posting_amounts);
    END IF;
    IF limited THEN
        codes := book_judge_limits(here, codes, keys, line_nos, posting_entries, line_nos, posting_amounts);
    END IF;

    WITH created AS (
        INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at, postings,
                                   reverses_seq, source, memo)
        SELECT e.id, here, e.kind, e.key, e.hash, e.day, moment, e.lines,
               (SELECT r.seq FROM journal_entry r WHERE r.id = e.reversed_id), e.source, e.memo::jsonb
        FROM unnest(ids, kinds, keys, hashes, days, counts, reversed_ids, sources, memos, codes)
            WITH ORDINALITY AS e(id, kind, key, hash, day, lines, reversed_id, source, memo, code, place)
        WHERE e.code IS NULL
        ORDER BY e.place
        ON CONFLICT (tenant_id, idem_key) DO NOTHING
        RETURNING seq, id
    )
    SELECT coalesce(array_agg(id ORDER BY seq), '{}'), array_agg(seq ORDER BY seq) INTO made, seqs FROM created;
    IF cardinality(made) < cardinality(ids) THEN
        SELECT array_agg(c.seq ORDER BY e.place) INTO seqs
        FROM unnest(ids) WITH ORDINALITY AS e(id, place)
        LEFT JOIN LATERAL (SELECT seq FROM journal_entry WHERE id = e.id AND seq = ANY (seqs) LIMIT 1) c ON true;
    END IF;

    INSERT INTO posting (entry_seq, line, tenant_id, account_no, currency, amount_minor, effective_date)
    SELECT seqs[l.place], row_number() OVER (PARTITION BY l.place ORDER BY l.ordinal), here, l.no, l.currency, l.amount,
           days[l.place]
    FROM unnest(posting_entries, line_nos, posting_currencies, posting_amounts)
        WITH ORDINALITY AS l(place, no, currency, amount, ordinal)
    WHERE seqs[l.place] IS NOT NULL;

    UPDATE account_balance b
    SET debit_minor = b.debit_minor + m.debit, credit_minor = b.credit_minor + m.credit, version = b.version + 1
    FROM (
        SELECT l.no, sum(greatest(l.amount, 0)) AS debit, sum(greatest(-l.amount, 0)) AS credit
        FROM unnest(posting_entries, line_nos, posting_amounts) AS l(place, no, amount)
        WHERE seqs[l.place] IS NOT NULL GROUP BY l.no
    ) m
    WHERE b.account_no = m.no;

    INSERT INTO account_balance_day AS d (tenant_id, account_no, day, debit_minor, credit_minor)
    SELECT here, l.no, days[l.place], sum(greatest(l.amount, 0)), sum(greatest(-l.amount, 0))
    FROM unnest(posting_entries, line_nos, posting_amounts) AS l(place, no, amount)
    WHERE seqs[l.place] IS NOT NULL GROUP BY l.no, days[l.place]
    ON CONFLICT (account_no, day) DO UPDATE
    SET debit_minor = d.debit_minor + excluded.debit_minor, credit_minor = d.credit_minor + excluded.credit_minor;

    IF cardinality(made) = cardinality(ids) THEN
        RETURN QUERY SELECT e.key, e.id, 'created', NULL::text FROM unnest(keys, ids) AS e(key, id);
        RETURN;
    END IF;
    -- A statement of its own, so that it sees what another transaction committed while this one waited for it.
    RETURN QUERY
    SELECT e.key, coalesce(j.id, e.id),
           CASE WHEN e.seq IS NOT NULL THEN 'created' WHEN j.payload_sha256 = e.hash THEN 'exists'
                WHEN j.id IS NOT NULL THEN 'conflict' ELSE 'refused' END,
           CASE WHEN j.id IS NULL THEN e.code END
    FROM unnest(ids, keys, hashes, codes, seqs) WITH ORDINALITY AS e(id, key, hash, code, seq, place)
    LEFT JOIN LATERAL (
        SELECT id, payload_sha256 FROM journal_entry WHERE tenant_id = here AND idem_key = e.key LIMIT 1
    ) j ON true
    ORDER BY e.place;
END $$;

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
