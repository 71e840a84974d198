-- What proving the book found that could still be done to it.

-- A temporary table is found before one of the book by the same name, even by a function that states its path, unless
-- the path says where temporary tables come: last. Without that, whoever connects as the application could lay an
-- `account` of its own before the book's functions and post to one that is frozen.
DO $$
DECLARE
    found regprocedure;
BEGIN
    FOR found IN
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public'
          AND (p.prosecdef OR EXISTS (SELECT FROM unnest(p.proconfig) AS c(setting) WHERE setting LIKE 'search_path=%'))
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', found);
    END LOOP;
END $$;

-- Where an account stands is settled when it is opened, and a move obeys by hand too what opening obeys: an open node
-- of the same tenant and creditor, and never one below the account itself.
CREATE FUNCTION account_stays_in_place() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.name, NEW.country, NEW.connection_id, NEW.subject)
        IS DISTINCT FROM (OLD.name, OLD.country, OLD.connection_id, OLD.subject) THEN
        RAISE EXCEPTION 'account % is not changed once it is open', OLD.id USING ERRCODE = 'AF001';
    END IF;
    IF NEW.parent_no IS NOT DISTINCT FROM OLD.parent_no THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM account p WHERE p.no = NEW.parent_no AND NOT p.is_leaf AND p.closed_at IS NULL
        AND p.tenant_id = NEW.tenant_id AND p.creditor_id = NEW.creditor_id FOR SHARE;
    IF NOT FOUND OR EXISTS (
        WITH RECURSIVE above(no, parent_no) AS (
            SELECT a.no, a.parent_no FROM account a WHERE a.no = NEW.parent_no
            UNION SELECT a.no, a.parent_no FROM account a JOIN above ON a.no = above.parent_no
        )
        SELECT FROM above WHERE above.no = NEW.no
    ) THEN
        RAISE EXCEPTION 'account % cannot hang there', OLD.id USING ERRCODE = 'AF005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_stays_in_place BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION account_stays_in_place();

-- A reservation begins whole and open, on a leaf of its tenant; its steps are of its tenant.
CREATE FUNCTION reservation_begins() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'open' OR NEW.open_minor <> NEW.amount_minor THEN
        RAISE EXCEPTION 'reservation % begins whole and open', NEW.id USING ERRCODE = 'AF001';
    ELSIF NOT EXISTS (
        SELECT FROM account a WHERE a.no = NEW.account_no AND a.tenant_id = NEW.tenant_id AND a.is_leaf
    ) THEN
        RAISE EXCEPTION 'reservation % is on no leaf of its tenant', NEW.id USING ERRCODE = 'AF007';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reservation_begins BEFORE INSERT ON reservation
    FOR EACH ROW EXECUTE FUNCTION reservation_begins();

CREATE FUNCTION reservation_step_belongs() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM reservation r WHERE r.id = NEW.reservation_id AND r.tenant_id = NEW.tenant_id
    ) THEN
        RAISE EXCEPTION 'a step of reservation % is of its tenant', NEW.reservation_id USING ERRCODE = 'AF009';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reservation_step_belongs BEFORE INSERT ON reservation_step
    FOR EACH ROW EXECUTE FUNCTION reservation_step_belongs();

-- A reversal whose key stands already writes nothing, so it does not count against another of the same entry in the
-- batch. (Of two new ones the second is refused, whatever limits say to the first.)
CREATE OR REPLACE FUNCTION book_judge_reversals(
    here text, codes text[], keys text[], reversed_ids text[],
    posting_entries integer[], line_nos bigint[], posting_amounts bigint[]
) RETURNS text[] LANGUAGE plpgsql SET search_path = public, pg_temp
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
        SELECT u.*, dense_rank() OVER (PARTITION BY u.reversed_id, u.counts ORDER BY u.first) AS nth
        FROM (
            SELECT v.*, min(v.place) OVER (PARTITION BY v.key, v.reversed_id) AS first,
                   v.code IS NULL AND NOT EXISTS (
                       SELECT FROM journal_entry s WHERE s.tenant_id = here AND s.idem_key = v.key
                   ) AS counts
            FROM unnest(codes, keys, reversed_ids) WITH ORDINALITY AS v(code, key, reversed_id, place)
        ) u
    ) a
    LEFT JOIN LATERAL (
        SELECT seq FROM journal_entry e WHERE e.id = a.reversed_id AND e.tenant_id = here LIMIT 1
    ) r ON true;
    RETURN judged;
END $$;
