# SPDX-License-Identifier: GPL-3.0-or-later
# Demo data for `assay import`, as NDJSON, the same at every run of one day:
#   awk -v kind=users|devices -v count=5000 -v today=DAY -f sql/demo_directory.awk
# DAY counts from 1970-01-01. Users are in organisations, every tenth in sunbird. Devices are
# spread over Indian states and cities and were first seen within the last 90 days; number 1 is
# one of Bangalore, 15 days old.

# A number in 0 .. below-1 that looks like chance, for number i and purpose salt.
function draw(i, salt, below) {
	i = i * (104729 + 7919 * salt) % 2147483647
	i = i * 48271 % 2147483647
	return int(i / 2147483647 * below)
}

# The date of a day since 1970-01-01, by the civil calendar.
function date(day, era, doe, yoe, doy, mp, d, m, y) {
	day += 719468
	era = int(day / 146097)
	doe = day - era * 146097
	yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
	doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100))
	mp = int((5 * doy + 2) / 153)
	d = doy - int((153 * mp + 2) / 5) + 1
	m = mp < 10 ? mp + 3 : mp - 9
	y = yoe + era * 400 + (m <= 2)
	return sprintf("%04d-%02d-%02d", y, m, d)
}

function user(i, org) {
	org = i % 10 == 3 ? "sunbird" : orgs[1 + draw(i, 1, norgs)]
	printf "{\"user_id\":\"demo-%03d\",\"firstName\":\"%s\",", i, names[1 + draw(i, 2, nnames)]
	printf "\"language\":[\"%s\",\"English\"],", languages[1 + draw(i, 3, nlanguages)]
	printf "\"organisations\":[{\"orgName\":\"%s\",\"roles\":[\"%s\"]}],", org, \
		draw(i, 4, 5) == 0 ? "CONTENT_CREATOR" : "PUBLIC"
	printf "\"emailVerified\":%s,\"createdDate\":\"%s\"}\n", draw(i, 5, 4) ? "true" : "false", \
		date(today - draw(i, 6, 700))
}

function device(i, place, age) {
	split(places[i == 1 ? 1 : 1 + draw(i, 11, nplaces)], place, ":")
	age = i == 1 ? 15 : 1 + draw(i, 12, 89)
	printf "{\"device_id\":\"demo-device-%03d\",\"state\":\"%s\",\"district\":\"%s\",", i, \
		place[1], place[2]
	printf "\"city\":\"%s\",\"country\":\"India\",\"channel\":\"demo\",", place[3]
	printf "\"dspec\":{\"os\":\"Android %d\",\"make\":\"%s\"},", 8 + draw(i, 13, 7), \
		makes[1 + draw(i, 14, nmakes)]
	printf "\"first_access\":\"%sT%02d:%02d:00.000Z\",\"last_access\":\"%s\"}\n", \
		date(today - age), draw(i, 15, 24), draw(i, 16, 60), \
		date(today - draw(i, 17, age + 1))
}

BEGIN {
	norgs = split("Shiksha,Vidya Mandir,Gyan Sagar,Pratham,Akshara,Udaan,Saksham,Disha", \
		orgs, ",")
	nnames = split("Asha,Ravi,Meena,Kiran,Lakshmi,Arjun,Fatima,Joseph,Priya,Imran", \
		names, ",")
	nlanguages = split("Hindi,Kannada,Tamil,Telugu,Marathi,Bengali,Urdu", languages, ",")
	nmakes = split("Samsung,Xiaomi,Vivo,Oppo,Nokia", makes, ",")
	nplaces = split("Karnataka:Bengaluru Urban:Bangalore,Karnataka:Mysuru:Mysore," \
		"Andhra Pradesh:NTR:Vijayawada,Andhra Pradesh:Visakhapatnam:Visakhapatnam," \
		"Tamil Nadu:Chennai:Chennai,Tamil Nadu:Coimbatore:Coimbatore," \
		"Kerala:Ernakulam:Kochi,Maharashtra:Mumbai City:Mumbai,Maharashtra:Pune:Pune," \
		"Rajasthan:Jaipur:Jaipur,Uttar Pradesh:Lucknow:Lucknow,Bihar:Patna:Patna," \
		"Delhi:New Delhi:Delhi,West Bengal:Kolkata:Kolkata,Gujarat:Ahmedabad:Ahmedabad", \
		places, ",")
	for (i = 1; i <= count; i++)
		if (kind == "users")
			user(i)
		else
			device(i)
}
