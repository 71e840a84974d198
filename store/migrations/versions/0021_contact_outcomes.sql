-- What came of contacts, which numbers and addresses are used no longer, and what a person carries by hand.

-- Letters are addressed with it; files had it before, and it was not kept.
ALTER TABLE party ADD COLUMN postal_code TEXT;

-- Who was given a permit: a machine or a person; null for the relay. Only they report what came of it.
ALTER TABLE contact_permit ADD COLUMN held_by TEXT;

-- A case given to an agency, whose machine is known by its API key, until it ends.
CREATE TABLE placement (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    agency_key_id TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_by TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_placement PRIMARY KEY (id),
    CONSTRAINT ck_placement_ended CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CONSTRAINT fk_placement_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_placement_case_id FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT fk_placement_agency_key_id FOREIGN KEY (agency_key_id) REFERENCES api_key (id)
);
-- A case is with one agency at a time.
CREATE UNIQUE INDEX uq_placement_standing ON placement (case_id) WHERE ended_at IS NULL;
CREATE INDEX ix_placement_agency ON placement (agency_key_id) WHERE ended_at IS NULL;

-- What somebody reports of a contact; each outcome is told once under a permit.
CREATE TABLE contact_report (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    permit_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    notice_id TEXT,
    outcome TEXT NOT NULL,
    result TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    late BOOLEAN NOT NULL,
    note BYTEA,
    reported_by TEXT NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contact_report PRIMARY KEY (id),
    CONSTRAINT uq_contact_report_permit_id_outcome UNIQUE (permit_id, outcome),
    CONSTRAINT ck_contact_report_result_known CHECK (result IN ('attempt', 'contact', 'right_party', 'unused')),
    CONSTRAINT fk_contact_report_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_contact_report_permit_id FOREIGN KEY (permit_id) REFERENCES contact_permit (id),
    CONSTRAINT fk_contact_report_case_id FOREIGN KEY (case_id) REFERENCES collection_case (id),
    CONSTRAINT fk_contact_report_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id)
);
CREATE INDEX ix_contact_report_case ON contact_report (case_id, at);

-- A number or address of a debtor that is used no longer (``number_index``), or a channel that the debtor wants no more
-- of (``channel``): for every actor, until a person lifts it.
CREATE TABLE contact_stop (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    party_id TEXT NOT NULL,
    channel TEXT,
    number_index BYTEA,
    reason TEXT NOT NULL,
    case_id TEXT NOT NULL,
    told_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lifted_by TEXT,
    lifted_because TEXT,
    lifted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contact_stop PRIMARY KEY (id),
    CONSTRAINT ck_contact_stop_channel_known
        CHECK (channel IN ('phone', 'sms', 'email', 'letter', 'whatsapp', 'visit', 'app')),
    CONSTRAINT ck_contact_stop_one_thing CHECK ((channel IS NULL) <> (number_index IS NULL)),
    CONSTRAINT ck_contact_stop_lifted
        CHECK ((lifted_by IS NULL) = (lifted_at IS NULL) AND (lifted_because IS NULL) = (lifted_at IS NULL)),
    CONSTRAINT fk_contact_stop_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_contact_stop_party_id FOREIGN KEY (party_id) REFERENCES party (id),
    CONSTRAINT fk_contact_stop_case_id FOREIGN KEY (case_id) REFERENCES collection_case (id)
);
CREATE UNIQUE INDEX uq_contact_stop_channel ON contact_stop (party_id, channel)
    WHERE lifted_at IS NULL AND channel IS NOT NULL;
CREATE UNIQUE INDEX uq_contact_stop_number ON contact_stop (party_id, number_index)
    WHERE lifted_at IS NULL AND number_index IS NOT NULL;

-- Mail that came back: bounces, complaints, and what was neither, which is kept whole for a person to read.
CREATE TABLE mail_report (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    notice_id TEXT,
    status TEXT,
    diagnostic BYTEA,
    mail BYTEA,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_mail_report PRIMARY KEY (id),
    CONSTRAINT uq_mail_report_tenant_id_sha256 UNIQUE (tenant_id, sha256),
    CONSTRAINT ck_mail_report_kind_known
        CHECK (kind IN ('hard', 'soft', 'delayed', 'delivered', 'complaint', 'unknown')),
    CONSTRAINT fk_mail_report_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_mail_report_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id)
);

-- Letters that were taken out of the outbox together, to be printed and posted.
CREATE TABLE letter_batch (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_letter_batch PRIMARY KEY (id),
    CONSTRAINT fk_letter_batch_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- What a person does with a notice that is carried by hand: a call that is made, a letter that is posted.
CREATE TABLE hand_carried (
    notice_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    batch_id TEXT,
    actor TEXT NOT NULL,
    taken_by TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    verified_at TIMESTAMP WITH TIME ZONE,
    tries INTEGER NOT NULL,
    posted_at TIMESTAMP WITH TIME ZONE,
    tracking TEXT,
    returned_at TIMESTAMP WITH TIME ZONE,
    returned_because TEXT,
    CONSTRAINT pk_hand_carried PRIMARY KEY (notice_id),
    CONSTRAINT ck_hand_carried_actor_known CHECK (actor IN ('creditor', 'agency', 'lawyer')),
    CONSTRAINT ck_hand_carried_tries_positive CHECK (tries > 0),
    CONSTRAINT ck_hand_carried_returned CHECK ((returned_at IS NULL) = (returned_because IS NULL)),
    CONSTRAINT fk_hand_carried_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_hand_carried_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id),
    CONSTRAINT fk_hand_carried_batch_id FOREIGN KEY (batch_id) REFERENCES letter_batch (id)
);
CREATE INDEX ix_hand_carried_batch ON hand_carried (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX ix_notice_by_hand ON notice (channel, not_before)
    WHERE channel IN ('phone', 'letter') AND state IN ('queued', 'sending');

-- Whose notice a return address or a link names, before the tenant is known; who asks has checked its signature.
CREATE FUNCTION tenant_of_notice(wanted text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS
$$ SELECT tenant_id FROM notice WHERE id = wanted $$;
REVOKE ALL ON FUNCTION tenant_of_notice(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_notice(text) TO afluente_app;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['placement', 'contact_report', 'contact_stop', 'mail_report', 'letter_batch',
                                'hand_carried']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
END $$;
GRANT UPDATE (ended_by, ended_at) ON placement TO afluente_app;
GRANT UPDATE (lifted_by, lifted_because, lifted_at) ON contact_stop TO afluente_app;
GRANT UPDATE, DELETE ON hand_carried TO afluente_app;
