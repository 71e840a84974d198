-- What networks tell of messages that they took, what people write back, and who opted out of a channel.

-- Whose a number is, found without opening anything. Null where it is not computed yet: the sweep does that.
ALTER TABLE party ADD COLUMN phone_index BYTEA;
CREATE INDEX ix_party_phone ON party (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX ix_party_phone_unknown ON party (id) WHERE phone IS NOT NULL AND phone_index IS NULL;

-- How far a notice got after its transport took it, as the network tells; null where no network tells.
ALTER TABLE notice
    ADD COLUMN delivery TEXT,
    ADD COLUMN delivery_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT ck_notice_delivery_known CHECK (delivery IN ('accepted', 'delivered', 'failed')),
    ADD CONSTRAINT ck_notice_delivery_dated CHECK ((delivery IS NULL) = (delivery_at IS NULL));

-- The messages that carry a notice. ``message_id`` is the network's name, null where it gave none.
CREATE TABLE notice_message (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    transport TEXT NOT NULL,
    part INTEGER NOT NULL,
    message_id TEXT,
    number_index BYTEA NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    accepted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notice_message PRIMARY KEY (id),
    CONSTRAINT uq_notice_message_notice_id_part UNIQUE (notice_id, part),
    CONSTRAINT ck_notice_message_part_positive CHECK (part > 0),
    CONSTRAINT ck_notice_message_state_known CHECK (state IN ('accepted', 'delivered', 'failed')),
    CONSTRAINT fk_notice_message_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_notice_message_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id)
);
CREATE INDEX ix_notice_message_name ON notice_message (transport, message_id) WHERE message_id IS NOT NULL;

-- Reports of messages that nobody here knows, or not yet: kept until one does.
CREATE TABLE stray_report (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    transport TEXT NOT NULL,
    message_id TEXT NOT NULL,
    number_index BYTEA,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    notice_id TEXT,
    CONSTRAINT pk_stray_report PRIMARY KEY (id),
    CONSTRAINT ck_stray_report_state_known CHECK (state IN ('accepted', 'delivered', 'failed')),
    CONSTRAINT fk_stray_report_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_stray_report_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id)
);
CREATE UNIQUE INDEX uq_stray_report_open ON stray_report (tenant_id, transport, message_id, state)
    WHERE notice_id IS NULL;

-- What somebody wrote. ``fingerprint`` tells a repeated delivery; ``pieces`` are the parts that have come, by number.
CREATE TABLE incoming_message (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    transport TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    sender BYTEA NOT NULL,
    number_index BYTEA NOT NULL,
    recipient TEXT NOT NULL,
    pieces BYTEA NOT NULL,
    pieces_total INTEGER NOT NULL,
    meaning TEXT NOT NULL,
    case_ids TEXT[] NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_incoming_message PRIMARY KEY (id),
    CONSTRAINT ck_incoming_message_pieces_positive CHECK (pieces_total > 0),
    CONSTRAINT ck_incoming_message_meaning_known CHECK (meaning IN ('opt_out', 'perhaps_opt_out', 'message')),
    CONSTRAINT fk_incoming_message_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_incoming_message_fingerprint ON incoming_message (fingerprint, received_at);
CREATE INDEX ix_incoming_message_case ON incoming_message USING gin (case_ids);
CREATE INDEX ix_incoming_message_newest ON incoming_message (received_at, id);

-- Who asked to be left alone on a channel, by number or address; ``message_id`` is the text that asked for it.
CREATE TABLE contact_opt_out (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    number_index BYTEA NOT NULL,
    message_id TEXT,
    recorded_by TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contact_opt_out PRIMARY KEY (id),
    CONSTRAINT uq_contact_opt_out_number_index_channel_tenant_id UNIQUE (number_index, channel, tenant_id),
    CONSTRAINT ck_contact_opt_out_channel_known
        CHECK (channel IN ('phone', 'sms', 'email', 'letter', 'whatsapp', 'visit', 'app')),
    CONSTRAINT fk_contact_opt_out_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_contact_opt_out_message_id FOREIGN KEY (message_id) REFERENCES incoming_message (id)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['notice_message', 'stray_report', 'incoming_message', 'contact_opt_out']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
END $$;
GRANT UPDATE (state, code, told_at) ON notice_message TO afluente_app;
GRANT UPDATE (notice_id) ON stray_report TO afluente_app;
GRANT UPDATE (pieces, meaning) ON incoming_message TO afluente_app;

-- Whom something that came in is for, before the tenant is known: tenants alone, and only to who has the name or index.
CREATE FUNCTION tenants_of_message(wanted_transport text, names text[], numbers bytea[], since timestamptz)
    RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT DISTINCT tenant_id FROM notice_message WHERE transport = wanted_transport AND message_id = ANY (names)
   AND (numbers IS NULL OR number_index = ANY (numbers)) AND (since IS NULL OR accepted_at >= since) $$;
CREATE FUNCTION tenants_knowing_number(wanted bytea[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT tenant_id FROM party WHERE phone_index = ANY (wanted)
   UNION SELECT tenant_id FROM contact_permit WHERE number_index = ANY (wanted) $$;
CREATE FUNCTION tenants_texting_number(wanted bytea[], since timestamptz) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT DISTINCT tenant_id FROM contact_permit WHERE number_index = ANY (wanted) AND issued_at >= since
   AND channel = 'sms' AND result <> 'unused' $$;
REVOKE ALL ON FUNCTION tenants_of_message(text, text[], bytea[], timestamptz), tenants_knowing_number(bytea[]),
    tenants_texting_number(bytea[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_of_message(text, text[], bytea[], timestamptz), tenants_knowing_number(bytea[]),
    tenants_texting_number(bytea[], timestamptz) TO afluente_app;
