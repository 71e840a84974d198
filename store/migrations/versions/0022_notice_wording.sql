-- What notices say beside the case's own rows, whose wording was approved by whom, and how one that waits goes on.

-- ``stated`` are facts by name (domain/notices.NoticeFacts) that a person or an event stated for this notice alone.
-- ``wording_sha256`` is the version of the wording that was sent, ``approval_id`` who had approved it.
ALTER TABLE notice
    ADD COLUMN stated BYTEA,
    ADD COLUMN wording_sha256 TEXT,
    ADD COLUMN approval_id TEXT;
CREATE INDEX ix_notice_case ON notice (case_id, created_at);
CREATE INDEX ix_instalment_due ON instalment (due_date) WHERE paid_minor < amount_minor;

-- A payment of a plan is a promise: ``before_minor`` is what the plan's earlier payments need of the money first.
ALTER TABLE promise
    ADD COLUMN plan_id TEXT,
    ADD COLUMN before_minor BIGINT NOT NULL DEFAULT 0,
    ADD CONSTRAINT ck_promise_before_not_negative CHECK (before_minor >= 0);

CREATE TABLE settlement_offer (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    offered_on DATE NOT NULL,
    until DATE NOT NULL,
    offered_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_settlement_offer PRIMARY KEY (id),
    CONSTRAINT ck_settlement_offer_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT ck_settlement_offer_stands CHECK (until >= offered_on),
    CONSTRAINT fk_settlement_offer_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_settlement_offer_case_id FOREIGN KEY (case_id) REFERENCES collection_case (id)
);
CREATE UNIQUE INDEX ux_settlement_offer_one ON settlement_offer (case_id) WHERE withdrawn_at IS NULL;

-- Wording of one variant (country, kind, channel, language) in one version: proposed by one, approved by another.
CREATE TABLE wording_approval (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    country TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    locale TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposer TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by TEXT,
    decider TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    remark TEXT,
    CONSTRAINT pk_wording_approval PRIMARY KEY (id),
    CONSTRAINT fk_wording_approval_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT ck_wording_approval_state
        CHECK (state IN ('proposed', 'approved', 'declined', 'withdrawn', 'revoked')),
    CONSTRAINT ck_wording_approval_decided CHECK (
        (state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decider IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_wording_approval_by_another CHECK (state <> 'approved' OR decided_by <> proposed_by)
);
-- At most one proposal waits for a version of a variant, and at most one approval of it stands.
CREATE UNIQUE INDEX ux_wording_approval_waiting
    ON wording_approval (tenant_id, country, kind, channel, locale, sha256) WHERE state = 'proposed';
CREATE UNIQUE INDEX ux_wording_approval_standing
    ON wording_approval (tenant_id, country, kind, channel, locale, sha256) WHERE state = 'approved';
CREATE INDEX ix_wording_approval_variant ON wording_approval (country, kind, channel, locale, decided_at);

CREATE FUNCTION wording_approval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'proposed' THEN
            RETURN NEW;
        END IF;
    ELSIF (OLD.state = 'proposed' AND NEW.state <> 'revoked' OR OLD.state = 'approved' AND NEW.state = 'revoked')
          AND (NEW.id, NEW.tenant_id, NEW.country, NEW.kind, NEW.channel, NEW.locale, NEW.version, NEW.sha256,
               NEW.subject, NEW.text, NEW.proposed_by, NEW.proposer, NEW.proposed_at) IS NOT DISTINCT FROM
              (OLD.id, OLD.tenant_id, OLD.country, OLD.kind, OLD.channel, OLD.locale, OLD.version, OLD.sha256,
               OLD.subject, OLD.text, OLD.proposed_by, OLD.proposer, OLD.proposed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the wording % is proposed first, decided once, and stays as it is', NEW.id
        USING ERRCODE = 'AF001';
END $$;
CREATE TRIGGER wording_approval_stays BEFORE INSERT OR UPDATE ON wording_approval
    FOR EACH ROW EXECUTE FUNCTION wording_approval_guard();
CREATE TRIGGER wording_approval_never_deleted BEFORE DELETE OR TRUNCATE ON wording_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whether a tenant takes the wording of a release as approved; the last row counts, without one it does not.
CREATE TABLE wording_trust (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    shipped_approved BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT NOT NULL,
    setter TEXT NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_wording_trust PRIMARY KEY (seq),
    CONSTRAINT fk_wording_trust_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- What was found in a held notice and is no fault, as one person says and another confirms.
CREATE TABLE notice_clearance (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    findings JSONB NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposer TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_by TEXT,
    confirmer TEXT,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notice_clearance PRIMARY KEY (id),
    CONSTRAINT fk_notice_clearance_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_notice_clearance_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id),
    CONSTRAINT ck_notice_clearance_confirmed CHECK (
        (confirmed_by IS NULL) = (confirmer IS NULL) AND (confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT ck_notice_clearance_by_another CHECK (confirmed_by <> proposed_by)
);
CREATE INDEX ix_notice_clearance_notice ON notice_clearance (notice_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['settlement_offer', 'wording_approval', 'wording_trust', 'notice_clearance']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
END $$;
GRANT UPDATE (withdrawn_at) ON settlement_offer TO afluente_app;
GRANT UPDATE (state, decided_by, decider, decided_at, remark) ON wording_approval TO afluente_app;
GRANT UPDATE (confirmed_by, confirmer, confirmed_at) ON notice_clearance TO afluente_app;
