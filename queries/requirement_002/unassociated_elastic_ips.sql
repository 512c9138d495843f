-- title: Unassociated Elastic IPs, as required
-- purpose: Static public addresses that are on nothing.
-- grain: address
-- requires elastic_ips: state
SELECT * FROM elastic_ips
WHERE state = 'unassociated';
