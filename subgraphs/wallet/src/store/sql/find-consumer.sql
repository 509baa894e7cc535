-- Who has the address; failing that, who has the number.
SELECT id
FROM consumers
WHERE email = $1 OR phone = $2
ORDER BY coalesce(email = $1, false) DESC
LIMIT 1
