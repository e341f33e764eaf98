# New cases by month, of all offices, with their 95 % interval. Needs nothing but Python.
import csv, io, math, urllib.request

ADDRESS = "{{ url }}/datos/v1/T1s/latest.csv"
with urllib.request.urlopen(ADDRESS) as answer:
    rows = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8")))

for month in sorted({row["periodo"] for row in rows}):
    edition = max(row["edicion"] for row in rows if row["periodo"] == month)
    cells = [int(row["conteo_medido"]) for row in rows if (row["periodo"], row["edicion"]) == (month, edition)]
    sigma = {"1": 2, "2": 4}[edition]
    print(month, sum(cells), "±", round(1.96 * sigma * math.sqrt(len(cells))))
