-- Closing a day with four eyes. A proposal freezes the figures of a creditor's day; another person closes it; to open
-- it again one asks and another agrees. Each proposal is a version of its own and nothing of it is lost.
--
-- After the close nobody, the owner by hand included, books anything of that day or an earlier one on accounts of that
-- creditor (trigger on posting). How far a creditor's book is closed follows from its closed days, by trigger.
--
-- Who posts shares a lock of the tenant until the transaction ends, and reads afterwards how far the book is closed;
-- who closes takes the lock alone. So a posting counts before a close, or sees it. The lock is no row's: it costs no
-- write. Taken before any balance's row (book_booking_day does that), no circle of waits can arise.

CREATE TABLE day_close (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    day DATE NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    figures JSONB NOT NULL,
    accepted JSONB NOT NULL,
    proposed_by TEXT NOT NULL,
    closed_by TEXT,
    entries JSONB,
    revaluations JSONB,
    asked_by TEXT,
    reason TEXT,
    reopened_by TEXT,
    CONSTRAINT pk_day_close PRIMARY KEY (id),
    CONSTRAINT uq_day_close_tenant_id_creditor_id_day_version UNIQUE (tenant_id, creditor_id, day, version),
    CONSTRAINT fk_day_close_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_day_close_creditor_id FOREIGN KEY(creditor_id) REFERENCES creditor (id),
    CONSTRAINT ck_day_close_closed CHECK (
        (state IN ('closed', 'reopened')) = (closed_by IS NOT NULL)
        AND (closed_by IS NULL) = (entries IS NULL) AND (closed_by IS NULL) = (revaluations IS NULL)),
    CONSTRAINT ck_day_close_asked CHECK ((asked_by IS NULL) = (reason IS NULL) AND (asked_by IS NULL OR closed_by IS NOT NULL)),
    CONSTRAINT ck_day_close_reopened CHECK (
        (state = 'reopened') = (reopened_by IS NOT NULL) AND (reopened_by IS NULL OR asked_by IS NOT NULL)),
    CONSTRAINT ck_day_close_closed_by_another CHECK (closed_by <> proposed_by),
    CONSTRAINT ck_day_close_reopened_by_another CHECK (reopened_by <> asked_by)
);
-- One proposal or close of a day stands at a time.
CREATE UNIQUE INDEX ix_day_close_standing ON day_close (tenant_id, creditor_id, day)
    WHERE state IN ('proposed', 'closed');

-- Who did what, when: proposed, withdrawn, closed, reopening_asked, reopened.
CREATE TABLE day_close_step (
    close_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT,
    CONSTRAINT pk_day_close_step PRIMARY KEY (close_id, step),
    CONSTRAINT fk_day_close_step_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_day_close_step_close_id FOREIGN KEY(close_id) REFERENCES day_close (id)
);

-- The last day on which nothing more is booked; null where every day is open again.
CREATE TABLE book_closed_until (
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    until DATE,
    CONSTRAINT pk_book_closed_until PRIMARY KEY (tenant_id, creditor_id),
    CONSTRAINT fk_book_closed_until_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE FUNCTION book_closing_key(tenant text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('closing of ' || tenant, 0)
$$;

-- Nothing of the tenant is posted from here to the end of the transaction, and what was being posted is finished.
CREATE FUNCTION book_hold_still() RETURNS void LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(book_closing_key(this_tenant()));
END $$;

-- The day on which something of these creditors is booked: the wanted one, or the first that is open to all of them
-- after a close; it stays open until the transaction ends. What stands under the key already keeps its day, so that
-- doing it again is the same.
CREATE FUNCTION book_booking_day(creditors text[], wanted date, key text) RETURNS date
    LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    standing date;
    closed date;
BEGIN
    SELECT effective_date INTO standing FROM journal_entry e WHERE e.tenant_id = this_tenant() AND e.idem_key = key;
    IF FOUND THEN
        RETURN standing;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(book_closing_key(this_tenant()));
    SELECT max(c.until) INTO closed FROM book_closed_until c
    WHERE c.tenant_id = this_tenant() AND c.creditor_id = ANY (creditors) AND c.until >= wanted;
    RETURN coalesce(closed + 1, wanted);
END $$;

-- Entries and accounts are looked up by number, one by one: a join could be planned as one over whole tables.
CREATE FUNCTION posting_on_open_days() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    tenants text[];
    late record;
BEGIN
    SELECT array_agg(t.tenant_id) FILTER (WHERE pg_advisory_xact_lock_shared(book_closing_key(t.tenant_id)) IS NOT NULL)
    INTO tenants FROM (SELECT DISTINCT tenant_id FROM written) t;
    -- A statement of its own, so that it sees the close that this one waited for.
    IF NOT EXISTS (
        SELECT FROM book_closed_until c WHERE c.tenant_id = ANY (tenants) AND c.until >= (
            SELECT min((SELECT effective_date FROM journal_entry e WHERE e.seq = w.entry_seq))
            FROM (SELECT DISTINCT entry_seq FROM written) w
        )
    ) THEN
        RETURN NULL;
    END IF;
    SELECT l.entry_seq, l.day, l.until INTO late FROM (
        SELECT w.entry_seq,
               (SELECT e.effective_date FROM journal_entry e WHERE e.seq = w.entry_seq) AS day,
               (SELECT c.until FROM book_closed_until c WHERE c.tenant_id = w.tenant_id AND c.creditor_id =
                    (SELECT a.creditor_id FROM account a WHERE a.no = w.account_no)) AS until
        FROM written w
    ) l WHERE l.day <= l.until LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % counts on %, and the book is closed up to %', late.entry_seq, late.day, late.until
            USING ERRCODE = 'AF012';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_on_open_days AFTER INSERT ON posting REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION posting_on_open_days();

-- A close only goes on, and what was proposed stays as it was proposed.
CREATE FUNCTION day_close_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a day is proposed before it is closed' USING ERRCODE = 'AF013';
        END IF;
        RETURN NULL;
    END IF;
    IF (NEW.id, NEW.tenant_id, NEW.creditor_id, NEW.day, NEW.version, NEW.figures, NEW.accepted, NEW.proposed_by)
        IS DISTINCT FROM
       (OLD.id, OLD.tenant_id, OLD.creditor_id, OLD.day, OLD.version, OLD.figures, OLD.accepted, OLD.proposed_by)
       OR (OLD.closed_by IS NOT NULL AND (NEW.closed_by, NEW.entries, NEW.revaluations)
            IS DISTINCT FROM (OLD.closed_by, OLD.entries, OLD.revaluations))
       OR (OLD.state, NEW.state) NOT IN (
            ('proposed', 'withdrawn'), ('proposed', 'closed'), ('closed', 'closed'), ('closed', 'reopened')) THEN
        RAISE EXCEPTION 'the close % is % and is not changed like this', OLD.id, OLD.state USING ERRCODE = 'AF013';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER day_close_goes_on AFTER INSERT OR UPDATE ON day_close
    FOR EACH ROW EXECUTE FUNCTION day_close_goes_on();
CREATE TRIGGER day_close_never_deleted BEFORE DELETE OR TRUNCATE ON day_close
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER day_close_step_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON day_close_step
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION day_close_closes_book() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(book_closing_key(NEW.tenant_id));
    INSERT INTO book_closed_until AS b (tenant_id, creditor_id, until)
    SELECT NEW.tenant_id, NEW.creditor_id, max(c.day) FROM day_close c
    WHERE c.tenant_id = NEW.tenant_id AND c.creditor_id = NEW.creditor_id AND c.state = 'closed'
    ON CONFLICT (tenant_id, creditor_id) DO UPDATE SET until = excluded.until;
    RETURN NULL;
END $$;
CREATE TRIGGER day_close_closes_book AFTER UPDATE OF state ON day_close
    FOR EACH ROW WHEN (NEW.state IN ('closed', 'reopened') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION day_close_closes_book();

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['day_close', 'day_close_step', 'book_closed_until']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT ON %I TO afluente_app', name);
    END LOOP;
END $$;
GRANT INSERT, UPDATE (state, closed_by, entries, revaluations, asked_by, reason, reopened_by) ON day_close TO afluente_app;
GRANT INSERT ON day_close_step TO afluente_app;
