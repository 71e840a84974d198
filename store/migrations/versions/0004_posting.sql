-- Posting in which every entry of a batch is judged by itself. For each entry one row comes back: created, exists
-- (same key, same payload), conflict (same key, other payload) or refused with a code; a refused entry writes nothing
-- and leaves its key free. What comes back is what stands under the key when the batch is done. Only what no caller
-- can cause (identifiers drawn twice, amounts beyond 64 bits) still fails the whole batch.
--
-- Balances are locked before anything is judged, by number, so that states, limits and reversals are read as they
-- stand after whatever this batch waited for. An entry and its reversal touch the same accounts, so two reversals of
-- one entry wait for each other there.

DROP FUNCTION book_post(text[], text[], text[], bytea[], date[], text[], text[], text[], timestamptz,
                        integer[], text[], text[], bigint[]);

-- The reversals of a batch: the entry reversed stands in the tenant, is mirrored, and was not reversed before.
CREATE FUNCTION book_judge_reversals(
    here text, codes text[], keys text[], reversed_ids text[],
    posting_entries integer[], line_nos bigint[], posting_amounts bigint[]
) RETURNS text[] LANGUAGE plpgsql SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    judged text[];
BEGIN
    SELECT array_agg(CASE
        WHEN a.code IS NOT NULL OR a.reversed_id IS NULL THEN a.code
        WHEN r.seq IS NULL THEN 'reversed_entry_unknown'
        WHEN EXISTS (SELECT FROM journal_entry x WHERE x.reverses_seq = r.seq) OR a.nth > 1
            THEN 'entry_already_reversed'
        WHEN EXISTS (
            SELECT FROM (
                SELECT l.no, l.amount FROM unnest(posting_entries, line_nos, posting_amounts) AS l(place, no, amount)
                WHERE l.place = a.place
                UNION ALL SELECT p.account_no, p.amount_minor FROM posting p WHERE p.entry_seq = r.seq
            ) m GROUP BY m.no HAVING sum(m.amount) <> 0
        ) THEN 'reversal_not_mirror'
    END ORDER BY a.place) INTO judged
    FROM (
        SELECT u.*, dense_rank() OVER (PARTITION BY u.reversed_id, u.code IS NULL ORDER BY u.first) AS nth
        FROM (
            SELECT v.*, min(v.place) OVER (PARTITION BY v.key, v.reversed_id) AS first
            FROM unnest(codes, keys, reversed_ids) WITH ORDINALITY AS v(code, key, reversed_id, place)
        ) u
    ) a
    LEFT JOIN LATERAL (
        SELECT seq FROM journal_entry e WHERE e.id = a.reversed_id AND e.tenant_id = here LIMIT 1
    ) r ON true;
    RETURN judged;
END $$;
REVOKE EXECUTE ON FUNCTION book_judge_reversals FROM PUBLIC;

-- Floors and ceilings, entry by entry in the order of the batch: each is judged by what the ones before it left.
CREATE FUNCTION book_judge_limits(
    here text, codes text[], keys text[], touched bigint[],
    posting_entries integer[], line_nos bigint[], posting_amounts bigint[]
) RETURNS text[] LANGUAGE plpgsql SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
    limited bigint[];
    room_down numeric[];  -- how far the balance may still fall; null is any distance
    room_up numeric[];
    taken text[] := '{}';
    candidate record;
    beyond boolean;
BEGIN
    SELECT array_agg(account_no), array_agg(debit_minor::numeric - credit_minor - pending_credit_minor - floor_minor),
           array_agg(ceiling_minor::numeric - debit_minor + credit_minor - pending_debit_minor)
    INTO limited, room_down, room_up
    FROM account_balance
    WHERE account_no = ANY (touched) AND (floor_minor IS NOT NULL OR ceiling_minor IS NOT NULL);
    FOR candidate IN
        SELECT m.place, keys[m.place] AS key, array_agg(m.at) AS ats, array_agg(m.amount) AS amounts
        FROM (
            SELECT l.place, array_position(limited, l.no) AS at, sum(l.amount) AS amount
            FROM unnest(posting_entries, line_nos, posting_amounts) AS l(place, no, amount)
            WHERE l.no = ANY (limited) AND codes[l.place] IS NULL
            GROUP BY 1, 2
        ) m
        GROUP BY m.place ORDER BY m.place
    LOOP
        CONTINUE WHEN candidate.key = ANY (taken)
            OR EXISTS (SELECT FROM journal_entry j WHERE j.tenant_id = here AND j.idem_key = candidate.key);
        SELECT coalesce(bool_or(room_down[u.at] + u.amount < 0 OR room_up[u.at] - u.amount < 0), false) INTO beyond
        FROM unnest(candidate.ats, candidate.amounts) AS u(at, amount);
        IF beyond THEN
            codes[candidate.place] := 'limit_exceeded';
            CONTINUE;
        END IF;
        taken := taken || candidate.key;
        FOR i IN 1 .. cardinality(candidate.ats) LOOP
            room_down[candidate.ats[i]] := room_down[candidate.ats[i]] + candidate.amounts[i];
            room_up[candidate.ats[i]] := room_up[candidate.ats[i]] - candidate.amounts[i];
        END LOOP;
    END LOOP;
    RETURN codes;
END $$;
REVOKE EXECUTE ON FUNCTION book_judge_limits FROM PUBLIC;

-- Plans are made once for a session and go by index, whatever the tables' size was when they were made.
CREATE FUNCTION book_post(
    ids text[], kinds text[], keys text[], hashes bytea[], days date[], reversed_ids text[], sources text[],
    memos text[], moment timestamptz,
    posting_entries integer[], posting_accounts text[], posting_currencies text[], posting_amounts bigint[]
) RETURNS TABLE (idem_key text, entry_id text, outcome text, code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    here text := this_tenant();
    line_nos bigint[];  -- the account of each posting, null where the tenant has none of that name
    touched bigint[];
    codes text[];       -- why an entry is refused, null where it is not
    made text[];
    seqs bigint[];
    moved_accounts bigint[];
    moved_days date[];
    moved_debits numeric[];
    moved_credits numeric[];
BEGIN
    IF here IS NULL THEN
        RAISE EXCEPTION 'no tenant is set' USING ERRCODE = 'AF006';
    END IF;

    SELECT array_agg(a.no ORDER BY p.ordinal), array_agg(DISTINCT a.no) FILTER (WHERE a.no IS NOT NULL)
    INTO line_nos, touched
    FROM unnest(posting_accounts) WITH ORDINALITY AS p(account, ordinal)
    LEFT JOIN LATERAL (SELECT no FROM account WHERE id = p.account AND tenant_id = here LIMIT 1) a ON true;

    -- Everybody locks in the same order, so that two batches never wait for each other in a circle.
    PERFORM 1 FROM account_balance b WHERE b.account_no = ANY (touched) ORDER BY b.account_no FOR NO KEY UPDATE;
    -- Seals count on a transaction having its number before it draws one for an entry (0004_seals.sql).
    PERFORM pg_current_xact_id();

    WITH lines AS (
        SELECT l.place, l.currency, l.amount, CASE
            WHEN a.no IS NULL OR NOT a.is_leaf OR a.closed_at IS NOT NULL THEN 'account_not_postable'
            WHEN a.frozen_at IS NOT NULL THEN 'account_frozen'
            WHEN a.currency <> l.currency THEN 'posting_wrong_currency'
            END AS fault
        FROM unnest(posting_entries, line_nos, posting_currencies, posting_amounts) AS l(place, no, currency, amount)
        LEFT JOIN LATERAL (
            SELECT no, is_leaf, closed_at, frozen_at, currency FROM account WHERE no = l.no LIMIT 1
        ) a ON true
    ), sums AS (
        SELECT place, currency, sum(amount) AS difference, count(*) AS lines, min(fault) AS fault,
               bool_or(amount = 0) AS nothing
        FROM lines GROUP BY place, currency
    ), faults AS (
        SELECT place, CASE
            WHEN sum(lines) NOT BETWEEN 2 AND 32767 THEN 'entry_incomplete'
            WHEN bool_or(nothing) THEN 'posting_zero'
            WHEN bool_or(difference <> 0) THEN 'entry_unbalanced'
            ELSE min(fault)
            END AS fault
        FROM sums GROUP BY place
    )
    SELECT array_agg(CASE WHEN f.place IS NULL THEN 'entry_incomplete' ELSE f.fault END ORDER BY a.place) INTO codes
    FROM unnest(ids) WITH ORDINALITY AS a(id, place) LEFT JOIN faults f ON f.place = a.place;

    IF EXISTS (SELECT FROM unnest(reversed_ids) AS r(id) WHERE r.id IS NOT NULL) THEN
        codes := book_judge_reversals(here, codes, keys, reversed_ids, posting_entries, line_nos, posting_amounts);
    END IF;
    IF EXISTS (
        SELECT FROM account_balance b
        WHERE b.account_no = ANY (touched) AND (b.floor_minor IS NOT NULL OR b.ceiling_minor IS NOT NULL)
    ) THEN
        codes := book_judge_limits(here, codes, keys, touched, posting_entries, line_nos, posting_amounts);
    END IF;

    WITH created AS (
        INSERT INTO journal_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at, postings,
                                   reverses_seq, source, memo)
        SELECT a.id, here, a.kind, a.key, a.hash, a.day, moment, c.lines, r.seq, a.source, a.memo::jsonb
        FROM unnest(ids, kinds, keys, hashes, days, reversed_ids, sources, memos, codes)
            WITH ORDINALITY AS a(id, kind, key, hash, day, reversed_id, source, memo, code, place)
        JOIN (
            SELECT place, count(*) AS lines FROM unnest(posting_entries) AS l(place) GROUP BY place
        ) c ON c.place = a.place
        LEFT JOIN LATERAL (SELECT seq FROM journal_entry WHERE id = a.reversed_id LIMIT 1) r ON true
        WHERE a.code IS NULL
        ORDER BY a.place
        ON CONFLICT (tenant_id, idem_key) DO NOTHING
        RETURNING seq, id
    )
    SELECT coalesce(array_agg(id), '{}'), coalesce(array_agg(seq), '{}') INTO made, seqs FROM created;

    WITH lines AS (
        SELECT c.seq, a.day, l.no, l.currency, l.amount, l.ordinal
        FROM unnest(made, seqs) AS c(id, seq)
        JOIN unnest(ids, days) WITH ORDINALITY AS a(id, day, place) ON a.id = c.id
        JOIN unnest(posting_entries, line_nos, posting_currencies, posting_amounts)
            WITH ORDINALITY AS l(place, no, currency, amount, ordinal) ON l.place = a.place
    ), written AS (
        INSERT INTO posting (entry_seq, line, tenant_id, account_no, currency, amount_minor)
        SELECT seq, row_number() OVER (PARTITION BY seq ORDER BY ordinal), here, no, currency, amount FROM lines
    ), moved AS (
        SELECT no, day, sum(greatest(amount, 0)) AS debit, sum(greatest(-amount, 0)) AS credit
        FROM lines GROUP BY no, day ORDER BY no, day
    )
    SELECT array_agg(no), array_agg(day), array_agg(debit), array_agg(credit)
    INTO moved_accounts, moved_days, moved_debits, moved_credits FROM moved;
    PERFORM book_move(here, moved_accounts, moved_days, moved_debits, moved_credits);

    -- A statement of its own, so that it sees what another transaction committed while this one waited for it.
    RETURN QUERY
    SELECT a.key, coalesce(e.id, a.id),
           CASE WHEN a.id = ANY (made) THEN 'created' WHEN e.payload_sha256 = a.hash THEN 'exists'
                WHEN e.id IS NOT NULL THEN 'conflict' ELSE 'refused' END,
           CASE WHEN e.id IS NULL THEN a.code END
    FROM unnest(ids, keys, hashes, codes) WITH ORDINALITY AS a(id, key, hash, code, place)
    LEFT JOIN LATERAL (
        SELECT j.id, j.payload_sha256 FROM journal_entry j WHERE j.tenant_id = here AND j.idem_key = a.key LIMIT 1
    ) e ON true
    ORDER BY a.place;
END $$;

-- Nobody, the owner by hand included, posts to an account that is frozen or closed.
CREATE FUNCTION posting_on_open_accounts() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written w JOIN account a ON a.no = w.account_no
        WHERE a.closed_at IS NOT NULL OR a.frozen_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'an account is frozen or closed' USING ERRCODE = 'AF010';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_on_open_accounts AFTER INSERT ON posting REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION posting_on_open_accounts();
