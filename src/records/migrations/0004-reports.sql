-- The arm and the customer of a call's last decision without its record, which is most of the table: reports of whole months.
CREATE INDEX decisions_arms ON proffer.decisions (decision_id, decided_at DESC) INCLUDE (partner, arm, customer);
