-- A page of all wallets for the checker, by id.
SELECT id
FROM wallets
WHERE id > $1
ORDER BY id
LIMIT $2
