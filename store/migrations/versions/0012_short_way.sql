-- Posting one entry at a time with less work for the server. What held for anybody, the owner by hand included, holds
-- as before; what is refused is refused with the same code.

-- What a statement wrote -------------------------------------------------------------------------------------
-- One look for all that must hold of new postings: balance, lines, open accounts (0008_posting_speed.sql) and open days
-- (0007_day_close.sql). Most statements write one entry in one currency that reverses nothing: three short queries see
-- that it is sound. Whatever they do not see so is looked at entry by entry, and what is wrong is named.
CREATE FUNCTION posting_sound() RETURNS trigger LANGUAGE plpgsql AS $$
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
               AND w.line BETWEEN 1 AND one.postings AND a.closed_at IS NULL AND a.frozen_at IS NULL),
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
        SELECT w.entry_seq,
               (SELECT e.effective_date FROM public.journal_entry e WHERE e.seq = w.entry_seq) AS day,
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
CREATE TRIGGER posting_is_sound AFTER INSERT ON posting REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION posting_sound();
DROP TRIGGER posting_is_balanced ON posting;
DROP FUNCTION posting_balanced();
DROP TRIGGER posting_on_open_days ON posting;
DROP FUNCTION posting_on_open_days();

-- The short way ----------------------------------------------------------------------------------------------
-- Posts one entry that nothing is to be said about: of two postings or more in one currency, each on a leaf of its own
-- that is open and without limits, that come to zero; reversing nothing; under a new key. Then it is true. Of anything
-- else it writes nothing and is false: ``book_post`` judges that and says why. Locks are taken in the order of book_post.
CREATE FUNCTION book_post_plain(
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
    INSERT INTO posting (entry_seq, line, tenant_id, account_no, currency, amount_minor)
    SELECT made, l.place, here, l.no, in_currency, l.amount
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

-- Totals of parents ------------------------------------------------------------------------------------------
-- What the leaves of each role and currency below a root (an account without a parent) come to, by effective day and by
-- month, up to a numbered entry. Counted beside posting, never in its way, from entries that nothing can come between
-- any more: those that sealing has gone past. A reader adds what was posted since. A back-dated entry is counted on its
-- day like any other.
CREATE TABLE account_total (
    tenant_id TEXT NOT NULL,
    root_no BIGINT NOT NULL,
    span TEXT NOT NULL,  -- day, or month from its first day; nothing in a month before all others where there is a leaf
    since DATE NOT NULL,
    role TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    debit_minor NUMERIC NOT NULL,
    credit_minor NUMERIC NOT NULL,
    CONSTRAINT pk_account_total PRIMARY KEY (root_no, span, since, role, currency),
    CONSTRAINT fk_account_total_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_total_root_no FOREIGN KEY(root_no) REFERENCES account (no),
    CONSTRAINT ck_account_total_span CHECK (span IN ('day', 'month'))
);
CREATE TABLE account_total_progress (
    tenant_id TEXT NOT NULL,
    root_no BIGINT NOT NULL,
    counted_seq BIGINT NOT NULL,
    opened_no BIGINT NOT NULL,  -- the last account there was
    CONSTRAINT pk_account_total_progress PRIMARY KEY (root_no),
    CONSTRAINT fk_account_total_progress_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_total_progress_root_no FOREIGN KEY(root_no) REFERENCES account (no)
);

CREATE FUNCTION account_month(day date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT date_trunc('month', day::timestamp)::date
$$;
CREATE FUNCTION account_totals_key(tenant text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('totals of ' || tenant, 0)
$$;

-- Where a root gains or loses accounts, its totals are counted anew.
CREATE FUNCTION account_total_ends() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    roots bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(account_totals_key(NEW.tenant_id));
    SELECT array_agg(DISTINCT r.no) INTO roots FROM account_closure c JOIN account r ON r.no = c.ancestor_no
    WHERE c.descendant_no IN (OLD.parent_no, NEW.parent_no) AND r.parent_no IS NULL;
    IF cardinality(roots) > 1 THEN
        DELETE FROM account_total_progress WHERE root_no = ANY (roots);
        DELETE FROM account_total WHERE root_no = ANY (roots);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER account_total_ends AFTER UPDATE OF parent_no ON account FOR EACH ROW
    WHEN (OLD.parent_no IS DISTINCT FROM NEW.parent_no) EXECUTE FUNCTION account_total_ends();

-- Adds to the totals of some roots of a tenant what their leaves come to: from the entries after one and up to another,
-- or (where ``up_to_seq`` is null) from the leaves' days, less the entries after one: one statement sees both as they are
-- at one moment. A total names every role and currency that there is a leaf of, also where nothing was posted.
CREATE FUNCTION account_total_add(roots bigint[], after_seq bigint, up_to_seq bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    INSERT INTO account_total AS t (tenant_id, root_no, span, since, role, currency, debit_minor, credit_minor)
    SELECT a.tenant_id, c.ancestor_no, s.span, s.since, a.role, a.currency, sum(m.debit), sum(m.credit)
    FROM (
        SELECT p.account_no, e.effective_date AS day, sum(greatest(p.amount_minor, 0)) * n.sign AS debit,
               sum(greatest(-p.amount_minor, 0)) * n.sign AS credit
        FROM (SELECT CASE WHEN up_to_seq IS NULL THEN -1 ELSE 1 END) n(sign),
             posting p JOIN journal_entry e ON e.seq = p.entry_seq
        WHERE p.tenant_id = this_tenant() AND p.entry_seq > after_seq
          AND (up_to_seq IS NULL OR p.entry_seq <= up_to_seq)
        GROUP BY p.account_no, e.effective_date, n.sign
        UNION ALL
        SELECT d.account_no, d.day, d.debit_minor, d.credit_minor FROM account_balance_day d
        WHERE up_to_seq IS NULL AND d.tenant_id = this_tenant()
        UNION ALL
        SELECT b.account_no, '-infinity', 0, 0 FROM account_balance b WHERE b.tenant_id = this_tenant()
    ) m
    JOIN account a ON a.no = m.account_no
    JOIN account_closure c ON c.descendant_no = m.account_no AND c.ancestor_no = ANY (roots)
    CROSS JOIN LATERAL (
        SELECT 'month' AS span, CASE WHEN isfinite(m.day) THEN account_month(m.day) ELSE m.day END AS since
        UNION ALL SELECT 'day', m.day WHERE isfinite(m.day)
    ) s
    GROUP BY a.tenant_id, c.ancestor_no, s.span, s.since, a.role, a.currency
    ON CONFLICT (root_no, span, since, role, currency) DO UPDATE
    SET debit_minor = t.debit_minor + excluded.debit_minor, credit_minor = t.credit_minor + excluded.credit_minor;
END $$;
REVOKE EXECUTE ON FUNCTION account_total_add FROM PUBLIC;

-- Counts a tenant's totals up to the entry that sealing has gone past; how many roots were brought forward.
CREATE FUNCTION book_count_totals() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    here text := this_tenant();
    safe bigint;
    last_no bigint;
    behind record;
    fresh bigint[];
    brought integer := 0;
BEGIN
    IF here IS NULL THEN
        RAISE EXCEPTION 'no tenant is set' USING ERRCODE = 'AF006';
    ELSIF NOT pg_try_advisory_xact_lock(account_totals_key(here)) THEN
        RETURN 0;  -- another is at it, or an account is being moved
    END IF;
    SELECT scanned_seq INTO safe FROM seal_progress WHERE tenant_id = here;
    IF safe IS NULL THEN
        RETURN 0;
    END IF;
    SELECT max(no) INTO last_no FROM account;
    FOR behind IN
        SELECT counted_seq, array_agg(root_no) AS roots FROM account_total_progress
        WHERE tenant_id = here AND counted_seq < safe GROUP BY counted_seq
    LOOP
        PERFORM account_total_add(behind.roots, behind.counted_seq, safe);
        UPDATE account_total_progress SET counted_seq = safe, opened_no = last_no WHERE root_no = ANY (behind.roots);
        brought := brought + cardinality(behind.roots);
    END LOOP;
    SELECT array_agg(no) INTO fresh FROM account a
    WHERE a.tenant_id = here AND a.parent_no IS NULL AND NOT a.is_leaf
      AND NOT EXISTS (SELECT FROM account_total_progress p WHERE p.root_no = a.no);
    IF fresh IS NOT NULL THEN
        PERFORM account_total_add(fresh, safe, NULL);
        INSERT INTO account_total_progress (tenant_id, root_no, counted_seq, opened_no)
        SELECT here, no, safe, last_no FROM unnest(fresh) AS r(no);
        brought := brought + cardinality(fresh);
    END IF;
    RETURN brought;
END $$;

-- What the leaves (of some roles, or of all) at or below an account come to in each currency, debit positive. Of a root
-- from its totals and from what was posted and opened since, where that is little; else from the leaves one by one: a
-- day's figure is today's less what came after. All is seen as it is at one moment, as the function is stable.
CREATE OR REPLACE FUNCTION book_totals(root text, wanted text[], as_of date)
    RETURNS TABLE (currency char(3), amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    few CONSTANT bigint := 2000;  -- entries since the totals were counted, of all tenants, that are gone through
    top bigint;
    counted account_total_progress%ROWTYPE;
BEGIN
    SELECT no INTO top FROM account WHERE id = root AND tenant_id = this_tenant();
    SELECT * INTO counted FROM account_total_progress WHERE root_no = top;
    IF counted.counted_seq >= (SELECT max(seq) FROM journal_entry) - few THEN
        RETURN QUERY
        SELECT t.currency, sum(t.debit_minor - t.credit_minor) FROM account_total t
        WHERE t.root_no = top AND (wanted IS NULL OR t.role = ANY (wanted))
          AND (t.span = 'month' AND (as_of IS NULL OR t.since < account_month(as_of))
               OR t.span = 'day' AND t.since BETWEEN account_month(as_of) AND as_of)
        GROUP BY t.currency;
        RETURN QUERY
        SELECT p.currency, sum(p.amount_minor) FROM posting p JOIN account a ON a.no = p.account_no
        WHERE p.entry_seq > counted.counted_seq AND p.tenant_id = this_tenant()
          AND (wanted IS NULL OR a.role = ANY (wanted))
          AND EXISTS (SELECT FROM account_closure c WHERE c.ancestor_no = top AND c.descendant_no = p.account_no)
          AND (as_of IS NULL OR as_of >= (SELECT e.effective_date FROM journal_entry e WHERE e.seq = p.entry_seq))
        GROUP BY p.currency;
        RETURN QUERY
        SELECT DISTINCT a.currency, 0::numeric FROM account a
        WHERE a.no > counted.opened_no AND a.is_leaf AND (wanted IS NULL OR a.role = ANY (wanted))
          AND EXISTS (SELECT FROM account_closure c WHERE c.ancestor_no = top AND c.descendant_no = a.no);
        RETURN;
    END IF;
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

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['account_total', 'account_total_progress']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT ON %I TO afluente_app', name);
    END LOOP;
END $$;
