# New cases by month, of all offices, with their 95 % interval. Needs nothing but R.
rows <- read.csv("{{ url }}/datos/v1/T1s/latest.csv", fileEncoding = "UTF-8")
newest <- ave(rows$edicion, rows$periodo, FUN = max)
rows <- rows[rows$edicion == newest, ]
months <- aggregate(conteo_medido ~ periodo + edicion, rows, sum)
cells <- aggregate(oficina ~ periodo + edicion, rows, length)
months$margin <- round(1.96 * 2 * months$edicion * sqrt(cells$oficina))
print(months)
