-- Accounts that are frozen, closed, limited and moved. What happened to an account is kept, append only, with who
-- did it and why. Where locks are taken: rows of nodes first, then rows of account_balance by number (as posting
-- does), then the row of the account itself. A state is read after its balance is locked, so that a posting sees
-- the freeze that it waited for.

ALTER TABLE account ADD COLUMN frozen_at TIMESTAMP WITH TIME ZONE;

-- Limits bound the balance (debit positive) that is left when every open reservation has been taken.
ALTER TABLE account_balance
    ADD COLUMN pending_debit_minor BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN pending_credit_minor BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN floor_minor BIGINT,
    ADD COLUMN ceiling_minor BIGINT,
    ADD CONSTRAINT ck_account_balance_pending CHECK (pending_debit_minor >= 0 AND pending_credit_minor >= 0),
    ADD CONSTRAINT ck_account_balance_floor CHECK (debit_minor - credit_minor - pending_credit_minor >= floor_minor),
    ADD CONSTRAINT ck_account_balance_ceiling
        CHECK (debit_minor - credit_minor + pending_debit_minor <= ceiling_minor);

CREATE TABLE account_event (
    no BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    account_no BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail JSONB NOT NULL,
    CONSTRAINT pk_account_event PRIMARY KEY (no),
    CONSTRAINT fk_account_event_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_event_account_no FOREIGN KEY(account_no) REFERENCES account (no)
);
CREATE INDEX ix_account_event_account_no ON account_event (account_no);

-- Where an account hung, from which day. An account that never moved has no rows: it hangs where it was opened.
CREATE TABLE account_parent_history (
    no BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    account_no BIGINT NOT NULL,
    parent_no BIGINT NOT NULL,
    since DATE NOT NULL,
    CONSTRAINT pk_account_parent_history PRIMARY KEY (no),
    CONSTRAINT fk_account_parent_history_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_parent_history_account_no FOREIGN KEY(account_no) REFERENCES account (no),
    CONSTRAINT fk_account_parent_history_parent_no FOREIGN KEY(parent_no) REFERENCES account (no)
);
CREATE INDEX ix_account_parent_history_account_no ON account_parent_history (account_no);

CREATE TRIGGER account_event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON account_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_parent_history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON account_parent_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO account_event (tenant_id, account_no, kind, at, actor, reason, detail)
SELECT tenant_id, no, 'opened', opened_at, 'system', '', '{}' FROM account ORDER BY no;

-- An account is changed in three ways: it is frozen and thawed, it is closed once for ever (empty, with nothing open
-- below it), and it moves to the parent that its history names last.
CREATE OR REPLACE FUNCTION account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.no, NEW.id, NEW.tenant_id, NEW.creditor_id, NEW.role, NEW.currency, NEW.is_leaf, NEW.opened_at)
        IS DISTINCT FROM
       (OLD.no, OLD.id, OLD.tenant_id, OLD.creditor_id, OLD.role, OLD.currency, OLD.is_leaf, OLD.opened_at)
       OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at) THEN
        RAISE EXCEPTION 'account % is not changed once it is open', OLD.id USING ERRCODE = 'AF001';
    END IF;
    IF NEW.parent_no IS DISTINCT FROM OLD.parent_no AND NEW.parent_no IS DISTINCT FROM (
        SELECT parent_no FROM account_parent_history WHERE account_no = NEW.no ORDER BY no DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'account % hangs where its history says', OLD.id USING ERRCODE = 'AF001';
    END IF;
    IF NEW.closed_at IS NULL OR OLD.closed_at IS NOT NULL THEN
        RETURN NEW;
    ELSIF EXISTS (SELECT FROM account WHERE parent_no = NEW.no AND closed_at IS NULL) THEN
        RAISE EXCEPTION 'account % has open accounts below it', NEW.id USING ERRCODE = 'AF021';
    ELSIF EXISTS (SELECT FROM account_balance WHERE account_no = NEW.no AND debit_minor <> credit_minor) THEN
        RAISE EXCEPTION 'account % has a balance', NEW.id USING ERRCODE = 'AF020';
    ELSIF EXISTS (
        SELECT FROM account_balance WHERE account_no = NEW.no AND pending_debit_minor + pending_credit_minor > 0
    ) THEN
        RAISE EXCEPTION 'account % has open reservations', NEW.id USING ERRCODE = 'AF022';
    END IF;
    RETURN NEW;
END $$;

-- A parent is an open node of the same tenant and creditor. Its row is held, so that it is not closed meanwhile.
CREATE OR REPLACE FUNCTION account_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_no IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM account p WHERE p.no = NEW.parent_no AND NOT p.is_leaf AND p.closed_at IS NULL
        AND p.tenant_id = NEW.tenant_id AND p.creditor_id = NEW.creditor_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an account hangs on an open node of its own tenant and creditor' USING ERRCODE = 'AF005';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION account_note(changed bigint, what text, moment timestamptz, who text, why text, more jsonb)
    RETURNS void LANGUAGE sql SET search_path = public AS $$
    INSERT INTO account_event (tenant_id, account_no, kind, at, actor, reason, detail)
    VALUES (this_tenant(), changed, what, moment, who, why, more)
$$;
REVOKE EXECUTE ON FUNCTION account_note FROM PUBLIC;

CREATE OR REPLACE FUNCTION book_open_account(
    new_id text, parent_id text, new_creditor text, new_role text, new_name text, new_currency text, leaf boolean,
    new_country text, new_connection text, new_subject text, moment timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    parent bigint;
    opened bigint;
    standing text;
BEGIN
    IF parent_id IS NOT NULL THEN
        SELECT no INTO STRICT parent FROM account WHERE id = parent_id AND tenant_id = this_tenant();
    END IF;
    SELECT id INTO standing FROM account
    WHERE tenant_id = this_tenant() AND creditor_id = new_creditor AND parent_no IS NOT DISTINCT FROM parent
      AND role = new_role AND currency = new_currency AND subject = new_subject;
    IF FOUND THEN
        RETURN standing;
    END IF;
    INSERT INTO account (id, tenant_id, parent_no, creditor_id, role, name, currency, is_leaf, country,
                         connection_id, subject, opened_at)
    VALUES (new_id, this_tenant(), parent, new_creditor, new_role, new_name, new_currency, leaf, new_country,
            new_connection, new_subject, moment)
    ON CONFLICT ON CONSTRAINT uq_account_place DO NOTHING
    RETURNING no INTO opened;
    IF opened IS NULL THEN
        SELECT id INTO STRICT standing FROM account
        WHERE tenant_id = this_tenant() AND creditor_id = new_creditor AND parent_no IS NOT DISTINCT FROM parent
          AND role = new_role AND currency = new_currency AND subject = new_subject;
        RETURN standing;
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

-- The account's number, or AF027.
CREATE FUNCTION account_number(wanted text) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = public AS $$
DECLARE
    number bigint;
BEGIN
    SELECT no INTO number FROM account WHERE id = wanted AND tenant_id = this_tenant();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no account %', wanted USING ERRCODE = 'AF027';
    END IF;
    RETURN number;
END $$;
REVOKE EXECUTE ON FUNCTION account_number FROM PUBLIC;

-- Holds an account's subtree still: its nodes, then its leaves' balances in the order that posting locks them.
CREATE FUNCTION account_hold_subtree(top bigint) RETURNS void LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM 1 FROM account a JOIN account_closure c ON c.descendant_no = a.no
    WHERE c.ancestor_no = top AND NOT a.is_leaf ORDER BY a.no FOR NO KEY UPDATE OF a;
    PERFORM 1 FROM account_balance b JOIN account_closure c ON c.descendant_no = b.account_no
    WHERE c.ancestor_no = top ORDER BY b.account_no FOR NO KEY UPDATE OF b;
END $$;
REVOKE EXECUTE ON FUNCTION account_hold_subtree FROM PUBLIC;

-- Freezes or thaws an account and everything open below it; how many accounts changed.
CREATE FUNCTION book_freeze(
    wanted text, freezing boolean, who text, why text, moment timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    top bigint := account_number(wanted);
    changed bigint[];
BEGIN
    PERFORM account_hold_subtree(top);
    WITH turned AS (
        UPDATE account a SET frozen_at = CASE WHEN freezing THEN moment END
        FROM account_closure c
        WHERE c.ancestor_no = top AND a.no = c.descendant_no AND a.closed_at IS NULL
          AND (a.frozen_at IS NULL) = freezing
        RETURNING a.no
    )
    SELECT coalesce(array_agg(no ORDER BY no), '{}') INTO changed FROM turned;
    PERFORM account_note(no, CASE WHEN freezing THEN 'frozen' ELSE 'thawed' END, moment, who, why, '{}')
    FROM unnest(changed) AS u(no) ORDER BY no;
    RETURN cardinality(changed);
END $$;

-- Closes an account for ever; the trigger account_stays says when that may not be.
CREATE FUNCTION book_close_account(wanted text, who text, why text, moment timestamptz)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    top bigint := account_number(wanted);
BEGIN
    PERFORM account_hold_subtree(top);
    IF EXISTS (SELECT FROM account WHERE no = top AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'account % is closed', wanted USING ERRCODE = 'AF023';
    END IF;
    UPDATE account SET closed_at = moment WHERE no = top;
    PERFORM account_note(top, 'closed', moment, who, why, '{}');
END $$;

-- Bounds what a leaf may come to. Null is no bound. A bound that is already passed is refused (AF026).
CREATE FUNCTION book_limit_account(
    wanted text, lowest bigint, highest bigint, who text, why text, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    top bigint := account_number(wanted);
    standing account_balance%ROWTYPE;
BEGIN
    SELECT * INTO standing FROM account_balance WHERE account_no = top FOR NO KEY UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM account WHERE no = top AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION '% is not an open leaf account', wanted USING ERRCODE = 'AF007';
    ELSIF standing.debit_minor - standing.credit_minor - standing.pending_credit_minor < lowest
        OR standing.debit_minor - standing.credit_minor + standing.pending_debit_minor > highest THEN
        RAISE EXCEPTION 'account % is already beyond that limit', wanted USING ERRCODE = 'AF026';
    END IF;
    UPDATE account_balance SET floor_minor = lowest, ceiling_minor = highest WHERE account_no = top;
    PERFORM account_note(top, 'limited', moment, who, why,
                         jsonb_build_object('floor_minor', lowest, 'ceiling_minor', highest));
END $$;

-- Hangs an account, with what is below it, on another node of its creditor from a day on.
CREATE FUNCTION book_move_account(
    wanted text, new_parent text, from_day date, who text, why text, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    top bigint := account_number(wanted);
    target bigint := account_number(new_parent);
    moving account%ROWTYPE;
    last_day date;
BEGIN
    -- One move at a time in a tenant: two that cross could hang two subtrees on each other.
    PERFORM pg_advisory_xact_lock(hashtextextended('account tree of ' || this_tenant(), 0));
    PERFORM account_hold_subtree(top);
    SELECT * INTO moving FROM account WHERE no = top;
    PERFORM 1 FROM account WHERE no = target AND NOT is_leaf AND closed_at IS NULL AND creditor_id = moving.creditor_id
        FOR SHARE;
    IF NOT FOUND OR moving.parent_no IS NULL OR moving.closed_at IS NOT NULL OR EXISTS (
        SELECT FROM account_closure WHERE ancestor_no = top AND descendant_no = target
    ) THEN
        RAISE EXCEPTION '% cannot hang on %', wanted, new_parent USING ERRCODE = 'AF025';
    END IF;
    SELECT max(since) INTO last_day FROM account_parent_history WHERE account_no = top;
    IF from_day < coalesce(last_day, moving.opened_at::date) OR moving.parent_no = target THEN
        RAISE EXCEPTION '% hangs there, or moved later than %', wanted, from_day USING ERRCODE = 'AF028';
    ELSIF EXISTS (
        SELECT FROM account_balance b JOIN account_closure c ON c.descendant_no = b.account_no
        WHERE c.ancestor_no = top AND b.pending_debit_minor + b.pending_credit_minor > 0
    ) THEN
        RAISE EXCEPTION 'there are open reservations below %', wanted USING ERRCODE = 'AF022';
    ELSIF EXISTS (
        SELECT FROM account_balance b JOIN account_closure c ON c.descendant_no = b.account_no
        JOIN account a ON a.no = b.account_no
        WHERE c.ancestor_no = top AND a.role = 'in_transit' AND b.debit_minor <> b.credit_minor
    ) THEN
        RAISE EXCEPTION 'money is in transit below %', wanted USING ERRCODE = 'AF024';
    END IF;
    IF last_day IS NULL THEN
        INSERT INTO account_parent_history (tenant_id, account_no, parent_no, since)
        VALUES (moving.tenant_id, top, moving.parent_no, moving.opened_at::date);
    END IF;
    INSERT INTO account_parent_history (tenant_id, account_no, parent_no, since)
    VALUES (moving.tenant_id, top, target, from_day);
    UPDATE account SET parent_no = target WHERE no = top;
    DELETE FROM account_closure WHERE descendant_no IN (SELECT descendant_no FROM account_closure WHERE ancestor_no = top)
        AND ancestor_no NOT IN (SELECT descendant_no FROM account_closure WHERE ancestor_no = top);
    INSERT INTO account_closure (tenant_id, ancestor_no, descendant_no, depth)
    SELECT moving.tenant_id, above.ancestor_no, below.descendant_no, above.depth + 1 + below.depth
    FROM account_closure above, account_closure below
    WHERE above.descendant_no = target AND below.ancestor_no = top;
    PERFORM account_note(top, 're-parented', moment, who, why, jsonb_build_object(
        'from', (SELECT id FROM account WHERE no = moving.parent_no), 'to', new_parent, 'since', from_day));
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['account_event', 'account_parent_history']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT ON %I TO afluente_app', name);
    END LOOP;
END $$;
