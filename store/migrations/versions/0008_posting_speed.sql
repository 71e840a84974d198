-- The same posting with less work for the server: few and plain statements for a batch, and one look at what a
-- statement wrote. What held for anybody, the owner by hand included, holds as before.

-- A posting's tenant is its account's, and the account's is a tenant: that need not be looked up a second time.
ALTER TABLE posting DROP CONSTRAINT fk_posting_tenant_id;

-- What a statement wrote -------------------------------------------------------------------------------------
-- An entry's postings are written in one statement and are its lines from 1 to as many as it states: as a line is there
-- once (the primary key), an entry that has its postings takes no more. Nobody, the owner by hand included, posts to an
-- account that is frozen or closed. Tables are named with their schema, so that no temporary table comes before them.
CREATE OR REPLACE FUNCTION posting_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    worst text[];  -- of one entry with a fault: the SQL state, the entry and what is wrong with it
    reversals bigint[];
    wrong bigint;
BEGIN
    SELECT min(ARRAY[f.fault[1], f.seq::text, f.fault[2]]) FILTER (WHERE f.fault IS NOT NULL),
           array_agg(f.seq) FILTER (WHERE f.reverses_seq IS NOT NULL)
    INTO worst, reversals
    FROM (
        SELECT e.seq, e.reverses_seq, CASE
            WHEN t.tenant_first <> e.tenant_id OR t.tenant_last <> e.tenant_id
                THEN ARRAY['AF009', 'has postings of another tenant']
            WHEN t.lines <> e.postings OR t.first <> 1 OR t.last <> e.postings
                THEN ARRAY['AF002', format('states %s postings and is given %s', e.postings, t.lines)]
            WHEN t.unbalanced THEN ARRAY['AF003', 'is not balanced in every currency']
            WHEN t.shut THEN ARRAY['AF010', 'has a posting on an account that is frozen or closed']
            END AS fault
        FROM (
            SELECT c.entry_seq, sum(c.lines) AS lines, min(c.first) AS first, max(c.last) AS last,
                   min(c.tenant_first) AS tenant_first, max(c.tenant_last) AS tenant_last,
                   bool_or(c.difference <> 0) AS unbalanced, bool_or(c.shut) AS shut
            FROM (
                SELECT w.entry_seq, w.currency, count(*) AS lines, min(w.line) AS first, max(w.line) AS last,
                       min(w.tenant_id) AS tenant_first, max(w.tenant_id) AS tenant_last,
                       sum(w.amount_minor) AS difference,
                       bool_or(a.closed_at IS NOT NULL OR a.frozen_at IS NOT NULL) AS shut
                FROM written w
                CROSS JOIN LATERAL (SELECT closed_at, frozen_at FROM public.account WHERE no = w.account_no LIMIT 1) a
                GROUP BY w.entry_seq, w.currency
            ) c
            GROUP BY c.entry_seq
        ) t
        CROSS JOIN LATERAL (
            SELECT seq, tenant_id, postings, reverses_seq FROM public.journal_entry WHERE seq = t.entry_seq LIMIT 1
        ) e
    ) f;
    IF worst IS NOT NULL THEN
        RAISE EXCEPTION 'entry % %', worst[2], worst[3] USING ERRCODE = worst[1];
    ELSIF reversals IS NULL THEN
        RETURN NULL;
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
    RETURN NULL;
END $$;
DROP TRIGGER posting_on_open_accounts ON posting;
DROP FUNCTION posting_on_open_accounts();

-- The first line tells: the others come with it. By the whole key, so that no plan reads the table from its beginning.
CREATE OR REPLACE FUNCTION entry_has_postings() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.posting WHERE entry_seq = NEW.seq AND line = 1) THEN
        RAISE EXCEPTION 'entry % has no postings', NEW.seq USING ERRCODE = 'AF002';
    END IF;
    RETURN NULL;
END $$;

-- Posting ----------------------------------------------------------------------------------------------------
-- Plans are made once for a session, at times while tables and batches are still small. So rows are named by their key,
-- = ANY or one at a time, and no array is joined with another: what an entry costs grows neither with the book nor with
-- the batch.
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

    INSERT INTO posting (entry_seq, line, tenant_id, account_no, currency, amount_minor)
    SELECT seqs[l.place], row_number() OVER (PARTITION BY l.place ORDER BY l.ordinal), here, l.no, l.currency, l.amount
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
DROP FUNCTION book_move(text, bigint[], date[], numeric[], numeric[]);

-- Reading a parent -------------------------------------------------------------------------------------------
-- What the leaves (of some roles, or of all) at or below an account of the tenant come to in each currency, debit
-- positive. A day's figure is today's less what came after that day: the days that people ask for are late ones. The
-- plan is made for the account that is asked about: one has three leaves, another ten thousand.
CREATE INDEX ix_account_balance_day_day ON account_balance_day (tenant_id, day);
CREATE FUNCTION book_totals(root text, wanted text[], as_of date) RETURNS TABLE (currency char(3), amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    top bigint;
BEGIN
    SELECT no INTO top FROM account WHERE id = root AND tenant_id = this_tenant();
    RETURN QUERY
    SELECT a.currency, sum(b.debit_minor - b.credit_minor)
    FROM account_closure c JOIN account a ON a.no = c.descendant_no JOIN account_balance b ON b.account_no = a.no
    WHERE c.ancestor_no = top AND a.is_leaf AND (wanted IS NULL OR a.role = ANY (wanted))
    GROUP BY a.currency;
    IF as_of IS NOT NULL THEN
        RETURN QUERY
        SELECT a.currency, -sum(d.debit_minor - d.credit_minor)
        FROM account_closure c JOIN account a ON a.no = c.descendant_no JOIN account_balance_day d ON d.account_no = a.no
        WHERE c.ancestor_no = top AND a.is_leaf AND (wanted IS NULL OR a.role = ANY (wanted))
            AND d.tenant_id = this_tenant() AND d.day > as_of
        GROUP BY a.currency;
    END IF;
END $$;

-- Opening ----------------------------------------------------------------------------------------------------
-- The account in a place, or null. Asked in two ways, as no index answers IS NOT DISTINCT FROM: with that, every
-- account of the creditor was read to open one more.
CREATE FUNCTION account_at(creditor text, parent bigint, wanted_role text, wanted_currency text, wanted_subject text)
    RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    standing text;
BEGIN
    IF parent IS NULL THEN
        SELECT id INTO standing FROM account
        WHERE tenant_id = this_tenant() AND creditor_id = creditor AND parent_no IS NULL
          AND role = wanted_role AND currency = wanted_currency AND subject = wanted_subject;
    ELSE
        SELECT id INTO standing FROM account
        WHERE tenant_id = this_tenant() AND creditor_id = creditor AND parent_no = parent
          AND role = wanted_role AND currency = wanted_currency AND subject = wanted_subject;
    END IF;
    RETURN standing;
END $$;
REVOKE EXECUTE ON FUNCTION account_at FROM PUBLIC;

-- A parent is an open node of the same tenant and creditor. Its row is held, so that it is not closed meanwhile. It is
-- found by its number alone: a plan made while there are few accounts may else go through all of a creditor's.
CREATE OR REPLACE FUNCTION account_parent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above public.account%ROWTYPE;
BEGIN
    IF NEW.parent_no IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO above FROM public.account WHERE no = NEW.parent_no FOR SHARE;
    IF NOT FOUND OR above.is_leaf OR above.closed_at IS NOT NULL
        OR (above.tenant_id, above.creditor_id) IS DISTINCT FROM (NEW.tenant_id, NEW.creditor_id) THEN
        RAISE EXCEPTION 'an account hangs on an open node of its own tenant and creditor' USING ERRCODE = 'AF005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION book_open_account(
    new_id text, parent_id text, new_creditor text, new_role text, new_name text, new_currency text, leaf boolean,
    new_country text, new_connection text, new_subject text, moment timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    parent bigint;
    opened bigint;
    standing text;
BEGIN
    IF parent_id IS NOT NULL THEN
        SELECT no INTO STRICT parent FROM account WHERE id = parent_id AND tenant_id = this_tenant();
    END IF;
    standing := account_at(new_creditor, parent, new_role, new_currency, new_subject);
    IF standing IS NOT NULL THEN
        RETURN standing;
    END IF;
    INSERT INTO account (id, tenant_id, parent_no, creditor_id, role, name, currency, is_leaf, country,
                         connection_id, subject, opened_at)
    VALUES (new_id, this_tenant(), parent, new_creditor, new_role, new_name, new_currency, leaf, new_country,
            new_connection, new_subject, moment)
    ON CONFLICT ON CONSTRAINT uq_account_place DO NOTHING
    RETURNING no INTO opened;
    IF opened IS NULL THEN
        RETURN account_at(new_creditor, parent, new_role, new_currency, new_subject);
    END IF;
    INSERT INTO account_closure (tenant_id, ancestor_no, descendant_no, depth)
    SELECT this_tenant(), ancestor_no, opened, depth + 1 FROM account_closure WHERE descendant_no = parent
    UNION ALL SELECT this_tenant(), opened, opened, 0;
    IF leaf THEN
        INSERT INTO account_balance (tenant_id, account_no, debit_minor, credit_minor, version)
        VALUES (this_tenant(), opened, 0, 0, 0);
    END IF;
    PERFORM account_note(opened, 'opened', moment, 'system', '', '{}');
    RETURN new_id;
END $$;
