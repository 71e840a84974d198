-- How much of a negative receipt was the bank's own charge: it waits for nobody any more.
ALTER TABLE receipt ADD COLUMN charged_minor BIGINT NOT NULL DEFAULT 0;
GRANT UPDATE (charged_minor) ON receipt TO afluente_app;

-- What of the book takes part in a reconciliation: at a bank now also the sweeps that leave it, their taxes, and those
-- that came back. One that the bank did not carry out has nothing to be compared with.
CREATE OR REPLACE FUNCTION recon_enter_book(connection_named text, leg_named text, mark timestamptz, moment timestamptz)
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    WITH sweeping AS (
        SELECT r.*, (SELECT coalesce(sum((tax ->> 'minor')::bigint), 0) FROM jsonb_array_elements(r.taxes) tax)
               AS tax_minor
        FROM sweep_run r JOIN sweep_rule u ON u.id = r.rule_id JOIN account a ON a.id = u.child_account_id
        WHERE leg_named = 'bank' AND a.connection_id = connection_named
          AND r.state IN ('sent', 'in_transit', 'arrived', 'returned')
          AND (mark IS NULL OR coalesce(r.ended_at, r.sent_at) >= mark)
    )
    INSERT INTO recon_item (tenant_id, connection_id, currency, leg, side, kind, ref, amount_minor, fee_minor,
                            tax_minor, day, state, seen_at)
    SELECT tenant_id, connection_id, currency, leg_named, 'left', kind, ref, amount, fee, tax, day, 'open', moment
    FROM (
        SELECT r.tenant_id, r.connection_id, r.currency, 'payment' AS kind, r.id AS ref, r.amount_minor AS amount,
               r.fee_minor AS fee, r.withheld_minor AS tax, r.value_date AS day
        FROM receipt r
        WHERE r.connection_id = connection_named AND r.to_bank = (leg_named = 'bank') AND r.state <> 'refused'
          AND r.amount_minor <> 0 AND (mark IS NULL OR r.created_at >= mark)
        UNION ALL
        SELECT v.tenant_id, v.connection_id, v.currency, v.kind, v.id, -v.amount_minor, 0, 0, v.value_date
        FROM reversal v JOIN receipt r ON r.id = v.receipt_id
        WHERE v.connection_id = connection_named AND r.to_bank = (leg_named = 'bank')
          AND (mark IS NULL OR v.created_at >= mark)
        UNION ALL
        SELECT c.tenant_id, c.connection_id, c.currency, 'chargeback', c.id || '/opened/' || n, -c.amount_minor,
               CASE n WHEN 1 THEN c.fee_minor ELSE 0 END, 0, c.told_at::date
        FROM contest c CROSS JOIN generate_series(1, c.round) n
        WHERE c.connection_id = connection_named AND leg_named = 'platform'
        UNION ALL
        SELECT c.tenant_id, c.connection_id, c.currency, 'chargeback_won', c.id || '/won/' || n, c.amount_minor, 0, 0,
               c.told_at::date
        FROM contest c CROSS JOIN generate_series(1, CASE c.state WHEN 'won' THEN c.round ELSE c.round - 1 END) n
        WHERE c.connection_id = connection_named AND leg_named = 'platform'
        UNION ALL
        SELECT p.tenant_id, p.connection_id, p.currency, 'payout', p.id, -p.net_minor, p.fee_minor, p.withheld_minor,
               p.value_date
        FROM payout p
        WHERE p.connection_id = connection_named AND leg_named = 'platform'
          AND EXISTS (SELECT FROM recon_item i WHERE i.connection_id = p.connection_id AND i.leg = 'platform'
                      AND i.side = 'right' AND i.kind = 'payout')
        UNION ALL
        SELECT p.tenant_id, p.connection_id, p.currency, 'payout_returned', p.id || '/returned', p.net_minor, 0, 0,
               p.value_date
        FROM payout p
        WHERE p.connection_id = connection_named AND leg_named = 'platform' AND p.state = 'returned'
          AND EXISTS (SELECT FROM recon_item i WHERE i.leg = 'platform' AND i.ref = p.id)
        UNION ALL
        SELECT p.tenant_id, p.connection_id, p.currency, 'payout', p.id, p.net_minor, 0, 0, p.value_date
        FROM payout p JOIN connection c ON c.id = p.connection_id
        WHERE c.creditor_id = (SELECT creditor_id FROM connection WHERE id = connection_named)
          AND leg_named = 'bank' AND p.state <> 'returned' AND (mark IS NULL OR p.created_at >= mark)
        UNION ALL
        SELECT s.tenant_id, connection_named, s.currency, 'sweep', s.id, -s.amount_minor, 0, 0, s.business_date
        FROM sweeping s
        UNION ALL
        SELECT s.tenant_id, connection_named, s.currency, 'sweep_tax', s.id || '/tax', -s.tax_minor, 0, 0,
               s.business_date
        FROM sweeping s WHERE s.tax_minor > 0
        UNION ALL
        SELECT s.tenant_id, connection_named, s.currency, 'sweep_returned', s.id || '/returned', s.amount_minor, 0, 0,
               s.ended_at::date
        FROM sweeping s WHERE s.state = 'returned'
    ) AS found
    ORDER BY day, ref
    ON CONFLICT DO NOTHING;
    UPDATE recon_item i SET state = 'settled', settled_at = moment
    FROM payout p JOIN connection c ON c.id = p.connection_id
    WHERE leg_named = 'bank' AND i.leg = 'bank' AND i.ref = p.id AND i.state = 'open' AND p.state = 'returned'
      AND c.creditor_id = (SELECT creditor_id FROM connection WHERE id = connection_named);
    UPDATE recon_item i SET state = 'settled', settled_at = moment
    FROM sweep_run r
    WHERE leg_named = 'bank' AND i.leg = 'bank' AND i.connection_id = connection_named AND i.state = 'open'
      AND i.kind IN ('sweep', 'sweep_tax') AND r.id = split_part(i.ref, '/', 1) AND r.state = 'failed';
$$;
