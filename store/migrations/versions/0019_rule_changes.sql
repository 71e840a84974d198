-- A rule of cash sweeps moves money: one person proposes what it is to be, another approves it. To stop it, one is
-- enough. The database holds anybody to it, the owner by hand included.

CREATE TABLE sweep_rule_change (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    since INTEGER NOT NULL,  -- the revision in whose place the terms are put
    terms JSONB NOT NULL,  -- by the names of sweep_rule's columns
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposer TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by TEXT,
    decider TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    remark TEXT,
    CONSTRAINT pk_sweep_rule_change PRIMARY KEY (id),
    CONSTRAINT fk_sweep_rule_change_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_sweep_rule_change_rule_id FOREIGN KEY(rule_id) REFERENCES sweep_rule (id),
    CONSTRAINT ck_sweep_rule_change_state CHECK (state IN ('proposed', 'approved', 'declined', 'withdrawn')),
    CONSTRAINT ck_sweep_rule_change_decided CHECK (
        (state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decider IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_sweep_rule_change_by_another CHECK (state <> 'approved' OR decided_by <> proposed_by)
);
-- One change of a rule waits at a time.
CREATE UNIQUE INDEX ux_sweep_rule_change_waiting ON sweep_rule_change (rule_id) WHERE state = 'proposed';

CREATE FUNCTION sweep_rule_change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'proposed' THEN
            RETURN NEW;
        END IF;
    ELSIF OLD.state = 'proposed' AND (NEW.id, NEW.tenant_id, NEW.rule_id, NEW.since, NEW.terms, NEW.reason,
            NEW.proposed_by, NEW.proposer, NEW.proposed_at) IS NOT DISTINCT FROM
           (OLD.id, OLD.tenant_id, OLD.rule_id, OLD.since, OLD.terms, OLD.reason,
            OLD.proposed_by, OLD.proposer, OLD.proposed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the change % is proposed first, decided once, and stays as it is', NEW.id USING ERRCODE = 'AF001';
END $$;
CREATE TRIGGER sweep_rule_change_stays BEFORE INSERT OR UPDATE ON sweep_rule_change
    FOR EACH ROW EXECUTE FUNCTION sweep_rule_change_guard();
CREATE TRIGGER sweep_rule_change_never_deleted BEFORE DELETE OR TRUNCATE ON sweep_rule_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The terms of a rule: what it says, without who wrote it when.
CREATE FUNCTION sweep_rule_terms(rule sweep_rule) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(rule) - ARRAY['tenant_id', 'revision', 'created_by', 'created_at', 'changed_by', 'changed_at']
$$;
CREATE FUNCTION sweep_rule_by_two() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'paused' THEN
            RETURN NEW;
        END IF;
    ELSIF (NEW.tenant_id, NEW.revision) IS NOT DISTINCT FROM (OLD.tenant_id, OLD.revision + 1) AND (
        NEW.status IN ('paused', 'retired')
            AND sweep_rule_terms(NEW) - 'status' = sweep_rule_terms(OLD) - 'status'
        OR EXISTS (
            SELECT FROM sweep_rule_change c
            WHERE c.rule_id = OLD.id AND c.since = OLD.revision AND c.state = 'approved'
              AND sweep_rule_terms(jsonb_populate_record(NULL::sweep_rule, c.terms)) = sweep_rule_terms(NEW))
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the rule % sweeps by other terms once a second person has approved them', NEW.id
        USING ERRCODE = 'AF001';
END $$;
CREATE TRIGGER sweep_rule_by_two BEFORE INSERT OR UPDATE ON sweep_rule
    FOR EACH ROW EXECUTE FUNCTION sweep_rule_by_two();

ALTER TABLE sweep_rule_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON sweep_rule_change USING (tenant_id = this_tenant()) WITH CHECK (tenant_id = this_tenant());
GRANT SELECT, INSERT, UPDATE (state, decided_by, decider, decided_at, remark) ON sweep_rule_change TO afluente_app;
