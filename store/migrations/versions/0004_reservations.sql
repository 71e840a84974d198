-- Reservations: money of an account promised to something that has not been booked yet. A reservation is taken in
-- parts or whole by entries, or released (voided, expired); it is resolved once. What is still open counts against the
-- account's limits. Locks: balances by number first, then the reservation, as in posting.

CREATE TABLE reservation (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    account_no BIGINT NOT NULL,
    is_debit BOOLEAN NOT NULL,
    amount_minor BIGINT NOT NULL,
    open_minor BIGINT NOT NULL,
    state TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    payload_sha256 BYTEA NOT NULL,
    reserved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_reservation PRIMARY KEY (id),
    CONSTRAINT fk_reservation_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_reservation_account_no FOREIGN KEY(account_no) REFERENCES account (no),
    CONSTRAINT uq_reservation_tenant_id_idem_key UNIQUE (tenant_id, idem_key),
    CONSTRAINT ck_reservation_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT ck_reservation_open_within CHECK (open_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX ix_reservation_open ON reservation (tenant_id, expires_at) WHERE state = 'open';
CREATE INDEX ix_reservation_account_no ON reservation (account_no);

CREATE TABLE reservation_step (
    reservation_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    posted_minor BIGINT NOT NULL,
    released_minor BIGINT NOT NULL,
    resolves BOOLEAN NOT NULL,
    entry_seq BIGINT,
    idem_key TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reservation_step PRIMARY KEY (reservation_id, step),
    CONSTRAINT fk_reservation_step_reservation_id FOREIGN KEY(reservation_id) REFERENCES reservation (id),
    CONSTRAINT fk_reservation_step_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_reservation_step_entry_seq FOREIGN KEY(entry_seq) REFERENCES journal_entry (seq),
    CONSTRAINT uq_reservation_step_tenant_id_idem_key UNIQUE (tenant_id, idem_key),
    CONSTRAINT uq_reservation_step_entry_seq UNIQUE (entry_seq),
    CONSTRAINT ck_reservation_step_amounts CHECK (posted_minor >= 0 AND released_minor >= 0)
);
CREATE UNIQUE INDEX ix_reservation_step_resolves ON reservation_step (reservation_id) WHERE resolves;

CREATE FUNCTION reservation_shrinks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.tenant_id, NEW.account_no, NEW.is_debit, NEW.amount_minor, NEW.idem_key, NEW.payload_sha256,
        NEW.reserved_at, NEW.expires_at, NEW.source)
        IS DISTINCT FROM
       (OLD.id, OLD.tenant_id, OLD.account_no, OLD.is_debit, OLD.amount_minor, OLD.idem_key, OLD.payload_sha256,
        OLD.reserved_at, OLD.expires_at, OLD.source)
       OR OLD.state <> 'open' OR NEW.open_minor >= OLD.open_minor OR (NEW.state = 'open') <> (NEW.open_minor > 0) THEN
        RAISE EXCEPTION 'reservation % only shrinks, and is resolved once', OLD.id USING ERRCODE = 'AF001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reservation_shrinks BEFORE UPDATE ON reservation
    FOR EACH ROW EXECUTE FUNCTION reservation_shrinks();
CREATE TRIGGER reservation_never_deleted BEFORE DELETE OR TRUNCATE ON reservation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservation_step_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON reservation_step
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION reservation_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(posted_minor + released_minor) FROM reservation_step WHERE reservation_id = NEW.reservation_id)
        > (SELECT amount_minor FROM reservation WHERE id = NEW.reservation_id) THEN
        RAISE EXCEPTION 'more was taken of reservation % than it holds', NEW.reservation_id USING ERRCODE = 'AF011';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER reservation_covers AFTER INSERT ON reservation_step
    FOR EACH ROW EXECUTE FUNCTION reservation_covers();

-- Adds to (or takes from, where negative) what is pending on an account's balance.
CREATE FUNCTION book_pend(changed bigint, debit boolean, change bigint) RETURNS void
LANGUAGE sql SET search_path = public AS $$
    UPDATE account_balance
    SET pending_debit_minor = pending_debit_minor + CASE WHEN debit THEN change ELSE 0 END,
        pending_credit_minor = pending_credit_minor + CASE WHEN debit THEN 0 ELSE change END,
        version = version + 1
    WHERE account_no = changed
$$;
REVOKE EXECUTE ON FUNCTION book_pend FROM PUBLIC;

CREATE FUNCTION book_reserve(
    new_id text, wanted text, new_currency text, debit boolean, amount bigint, key text, hash bytea,
    until timestamptz, cause text, moment timestamptz
) RETURNS TABLE (reservation_id text, outcome text, code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    here text := this_tenant();
    place account%ROWTYPE;
    standing reservation%ROWTYPE;
    balance account_balance%ROWTYPE;
    fault text;
BEGIN
    SELECT b.* INTO balance FROM account_balance b
    WHERE b.account_no = (SELECT no FROM account a WHERE a.id = wanted AND a.tenant_id = here) FOR NO KEY UPDATE;
    SELECT * INTO standing FROM reservation r WHERE r.tenant_id = here AND r.idem_key = key;
    IF NOT FOUND THEN
        SELECT * INTO place FROM account a WHERE a.no = balance.account_no;
        fault := CASE
            WHEN place.no IS NULL OR place.closed_at IS NOT NULL THEN 'account_not_postable'
            WHEN place.frozen_at IS NOT NULL THEN 'account_frozen'
            WHEN place.currency <> new_currency THEN 'posting_wrong_currency'
            WHEN amount <= 0 THEN 'posting_zero'
            WHEN until <= moment THEN 'reservation_expired'
            WHEN NOT debit AND balance.debit_minor::numeric - balance.credit_minor - balance.pending_credit_minor
                - amount < balance.floor_minor THEN 'limit_exceeded'
            WHEN debit AND balance.debit_minor::numeric - balance.credit_minor + balance.pending_debit_minor
                + amount > balance.ceiling_minor THEN 'limit_exceeded'
            END;
        IF fault IS NOT NULL THEN
            RETURN QUERY SELECT new_id, 'refused', fault;
            RETURN;
        END IF;
        INSERT INTO reservation (id, tenant_id, account_no, is_debit, amount_minor, open_minor, state, idem_key,
                                 payload_sha256, reserved_at, expires_at, source)
        VALUES (new_id, here, place.no, debit, amount, amount, 'open', key, hash, moment, until, cause)
        ON CONFLICT (tenant_id, idem_key) DO NOTHING;
        IF FOUND THEN
            PERFORM book_pend(place.no, debit, amount);
            RETURN QUERY SELECT new_id, 'created', NULL::text;
            RETURN;
        END IF;
        SELECT * INTO STRICT standing FROM reservation r WHERE r.tenant_id = here AND r.idem_key = key;
    END IF;
    RETURN QUERY
    SELECT standing.id, CASE WHEN standing.payload_sha256 = hash THEN 'exists' ELSE 'conflict' END, NULL::text;
END $$;

-- Takes a part by an entry, which must move the reserved account by exactly that part; with ``last`` what remains is
-- released. The part is freed before the entry is judged, so that it fits the limits that it was reserved within.
CREATE FUNCTION book_draw(
    wanted text, part bigint, last boolean,
    ids text[], kinds text[], keys text[], hashes bytea[], days date[], reversed_ids text[], sources text[],
    memos text[], moment timestamptz,
    posting_entries integer[], posting_accounts text[], posting_currencies text[], posting_amounts bigint[]
) RETURNS TABLE (idem_key text, entry_id text, outcome text, code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    here text := this_tenant();
    held reservation%ROWTYPE;
    entry journal_entry%ROWTYPE;
    step reservation_step%ROWTYPE;
    posted record;
    gone bigint;
    signed bigint;
    fault text;
BEGIN
    PERFORM 1 FROM account_balance b WHERE b.account_no IN (
        SELECT a.no FROM account a WHERE a.id = ANY (posting_accounts) AND a.tenant_id = here
        UNION SELECT r.account_no FROM reservation r WHERE r.id = wanted AND r.tenant_id = here
    ) ORDER BY b.account_no FOR NO KEY UPDATE;
    SELECT * INTO held FROM reservation r WHERE r.id = wanted AND r.tenant_id = here FOR NO KEY UPDATE;
    SELECT * INTO entry FROM journal_entry e WHERE e.tenant_id = here AND e.idem_key = keys[1];
    IF FOUND THEN
        SELECT * INTO step FROM reservation_step s WHERE s.entry_seq = entry.seq AND s.reservation_id = wanted;
        RETURN QUERY SELECT keys[1], entry.id, CASE
            WHEN entry.payload_sha256 = hashes[1] AND step.posted_minor = part
                AND (step.released_minor > 0 OR NOT last OR held.amount_minor = (
                    SELECT sum(s.posted_minor) FROM reservation_step s
                    WHERE s.reservation_id = wanted AND s.step <= step.step)) THEN 'exists'
            ELSE 'conflict' END, NULL::text;
        RETURN;
    END IF;
    signed := CASE WHEN held.is_debit THEN part ELSE -part END;
    fault := CASE
        WHEN held.id IS NULL THEN 'reservation_unknown'
        WHEN held.state <> 'open' THEN 'reservation_resolved'
        WHEN held.expires_at <= moment THEN 'reservation_expired'
        WHEN part <= 0 OR part > held.open_minor THEN 'reservation_exceeded'
        WHEN signed IS DISTINCT FROM (
            SELECT sum(l.amount) FROM unnest(posting_accounts, posting_amounts) AS l(account, amount)
            JOIN account a ON a.id = l.account WHERE a.no = held.account_no
        ) THEN 'reservation_mismatch'
        END;
    IF fault IS NOT NULL THEN
        RETURN QUERY SELECT keys[1], ids[1], 'refused', fault;
        RETURN;
    END IF;
    gone := CASE WHEN last THEN held.open_minor ELSE part END;
    PERFORM book_pend(held.account_no, held.is_debit, -gone);
    SELECT * INTO STRICT posted FROM book_post(
        ids, kinds, keys, hashes, days, reversed_ids, sources, memos, moment,
        posting_entries, posting_accounts, posting_currencies, posting_amounts);
    IF posted.outcome <> 'created' THEN
        PERFORM book_pend(held.account_no, held.is_debit, gone);
    ELSE
        UPDATE reservation r SET open_minor = held.open_minor - gone,
            state = CASE WHEN gone = held.open_minor THEN 'posted' ELSE 'open' END
        WHERE r.id = held.id;
        INSERT INTO reservation_step (reservation_id, step, tenant_id, kind, posted_minor, released_minor, resolves,
                                      entry_seq, idem_key, at)
        SELECT held.id, (SELECT count(*) + 1 FROM reservation_step s WHERE s.reservation_id = held.id), here, 'posted',
               part, gone - part, gone = held.open_minor, e.seq, keys[1], moment
        FROM journal_entry e WHERE e.id = posted.entry_id;
    END IF;
    RETURN QUERY SELECT posted.idem_key, posted.entry_id, posted.outcome, posted.code;
END $$;

-- Gives back what is open. ``how`` is voided or expired; only what is past its end expires.
CREATE FUNCTION book_release(wanted text, how text, key text, moment timestamptz)
    RETURNS TABLE (outcome text, code text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    here text := this_tenant();
    held reservation%ROWTYPE;
    standing reservation_step%ROWTYPE;
BEGIN
    PERFORM 1 FROM account_balance b WHERE b.account_no = (
        SELECT r.account_no FROM reservation r WHERE r.id = wanted AND r.tenant_id = here
    ) FOR NO KEY UPDATE;
    SELECT * INTO held FROM reservation r WHERE r.id = wanted AND r.tenant_id = here FOR NO KEY UPDATE;
    SELECT * INTO standing FROM reservation_step s WHERE s.tenant_id = here AND s.idem_key = key;
    IF FOUND THEN
        RETURN QUERY SELECT CASE WHEN standing.reservation_id = wanted AND standing.kind = how THEN 'exists'
                            ELSE 'conflict' END, NULL::text;
        RETURN;
    ELSIF held.id IS NULL THEN
        RETURN QUERY SELECT 'refused', 'reservation_unknown';
        RETURN;
    ELSIF held.state <> 'open' THEN
        RETURN QUERY SELECT 'refused', 'reservation_resolved';
        RETURN;
    ELSIF how NOT IN ('voided', 'expired') OR (how = 'expired' AND held.expires_at > moment) THEN
        RETURN QUERY SELECT 'refused', 'reservation_not_expired';
        RETURN;
    END IF;
    PERFORM book_pend(held.account_no, held.is_debit, -held.open_minor);
    UPDATE reservation r SET open_minor = 0, state = how WHERE r.id = held.id;
    INSERT INTO reservation_step (reservation_id, step, tenant_id, kind, posted_minor, released_minor, resolves,
                                  entry_seq, idem_key, at)
    SELECT held.id, count(*) + 1, here, how, 0, held.open_minor, true, NULL, key, moment
    FROM reservation_step s WHERE s.reservation_id = held.id;
    RETURN QUERY SELECT 'created', NULL::text;
END $$;

-- Releases what is past its end, at most so many; their identifiers come back.
CREATE FUNCTION book_expire(moment timestamptz, at_most integer)
    RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    due text[];
BEGIN
    SELECT array_agg(d.id) INTO due FROM (
        SELECT id FROM reservation
        WHERE tenant_id = this_tenant() AND state = 'open' AND expires_at <= moment ORDER BY expires_at LIMIT at_most
    ) d;
    PERFORM 1 FROM account_balance b WHERE b.account_no IN (
        SELECT account_no FROM reservation WHERE id = ANY (due)
    ) ORDER BY b.account_no FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT u.id FROM unnest(due) AS u(id)
    CROSS JOIN LATERAL book_release(u.id, 'expired', 'expired:' || u.id, moment) AS r
    WHERE r.outcome = 'created';
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['reservation', 'reservation_step']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT ON %I TO afluente_app', name);
    END LOOP;
END $$;
