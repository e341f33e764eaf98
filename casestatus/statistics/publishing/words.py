"""What the published files say of themselves. Both languages stand side by side in every file, so they do here."""

from dataclasses import dataclass

from casestatus.statistics.rows import COLUMNS


@dataclass(frozen=True, slots=True)
class Told:
    """One text in both languages."""

    es: str
    en: str


@dataclass(frozen=True, slots=True)
class TableTold:
    """A table's title, and what a row of it is."""

    title: Told
    description: Told


LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
LICENCE = "CC-BY-4.0"
LICENCE_TITLE = "Creative Commons Attribution 4.0 International"
CITING = Told(
    "Licencia CC BY 4.0. Cita la fuente, la publicación y la fecha; así se cumple también con Libre Uso MX.",
    "Licence CC BY 4.0. Cite the source, the release and its date; this also meets the terms of Libre Uso MX.",
)
PROTECTION = Told(
    "A cada número se le sumaron o restaron al azar unas pocas unidades, una sola vez, para que nadie pueda saber si "
    "una persona está en los datos. Usa «conteo_medido» para sumar y «conteo» para mostrar.",
    "A few units were added to or taken from each number by chance, once, so that nobody can tell whether a person is "
    "in the data. Use «conteo_medido» for sums and «conteo» for display.",
)
CATALOGUE = TableTold(
    Told("Cómo avanzan los casos", "How cases move"),
    Told(
        "Casos nuevos, entradas a cada etapa y tiempo en cada etapa, por mes cerrado. " + PROTECTION.es,
        "New cases, entries into each stage and time in each stage, by closed month. " + PROTECTION.en,
    ),
)
THEME = Told("Justicia, sistema judicial y seguridad pública", "Justice, legal system and public safety")  # EU's own
KEYWORDS = ("carpetas de investigación", "etapa procesal", "estadística", "justicia", "datos abiertos", "México")

TABLES_TOLD = {
    "T1": TableTold(
        Told("Casos nuevos por oficina y delito", "New cases by office and crime"),
        Told("Casos nuevos de cada mes, oficina y delito.", "New cases of each month, office and crime."),
    ),
    "T1s": TableTold(
        Told("Casos nuevos por oficina", "New cases by office"),
        Told("Casos nuevos de cada mes y oficina, en total.", "New cases of each month and office, in total."),
    ),
    "T2": TableTold(
        Told("Entradas a cada etapa por oficina", "Entries into each stage by office"),
        Told(
            "Casos que entraron por primera vez a cada etapa, por mes y oficina.",
            "Cases that entered each stage for the first time, by month and office.",
        ),
    ),
    "T3": TableTold(
        Told("Entradas por oficina, grupo de delito y etapa", "Entries by office, crime group and stage"),
        Told(
            "Casos que entraron por primera vez a cada etapa, por trimestre, oficina y grupo de delito; "
            "al concluir, con su resultado.",
            "Cases that entered each stage for the first time, by quarter, office and crime group; "
            "concluded ones with their outcome.",
        ),
    ),
    "T4": TableTold(
        Told("Entradas por delito y etapa", "Entries by crime and stage"),
        Told(
            "Casos que entraron por primera vez a cada etapa, por mes y delito, en todas las oficinas.",
            "Cases that entered each stage for the first time, by month and crime, in all offices.",
        ),
    ),
    "T5": TableTold(
        Told("Tiempo en cada etapa", "Time in each stage"),
        Told(
            "Casos que salieron por primera vez de cada etapa, por trimestre, grupo de delito y días que duraron ahí.",
            "Cases that left each stage for the first time, by quarter, crime group and the days that they were there.",
        ),
    ),
}

COLUMNS_TOLD = dict(
    zip(
        COLUMNS,
        (
            Told("Tabla", "Table"),
            Told("Mes (2026-10) o trimestre (2026-T4)", "Month (2026-10) or quarter (2026-T4)"),
            Told("Código de la oficina", "The office's code"),
            Told("Código del delito o del grupo de delitos", "The crime's code, or the crime group's"),
            Told("Código de la etapa", "The stage's code"),
            Told("Código del resultado, al concluir", "The outcome's code, for concluded cases"),
            Told("Días que el caso estuvo en la etapa", "Days that the case was in the stage"),
            Told(
                "Número para mostrar: nunca negativo, y las sumas cuadran", "For display: never negative, sums add up"
            ),
            Told(
                "Número medido, con su ruido: para sumar y para modelos", "As measured, with noise: for sums and models"
            ),
            Told("Límite inferior del intervalo de 95 %", "Lower end of the 95 % interval"),
            Told("Límite superior del intervalo de 95 %", "Upper end of the 95 % interval"),
            Told("Si conteo_medido llega a 3 sigma", "Whether conteo_medido reaches 3 sigma"),
            Told(
                "Parte de los días con señal de la oficina, de 0 a 1", "Share of days with the office's signal, 0 to 1"
            ),
            Told(
                "Edición del periodo: 1, o 2 si se corrigió el método", "Edition: 1, or 2 if the method was corrected"
            ),
        ),
        strict=True,
    )
)

TIMES_TOLD = {  # columns of the times in stage that no table has
    "salidas_medidas": Told("Salidas medidas, con su ruido", "Exits as measured, with noise"),
    "medida": Told(
        "cuartil_1, mediana, cuartil_3 (en días; 731 es 731 o más) o parte_ y los días (de 0 a 1)",
        "cuartil_1, mediana, cuartil_3 (in days; 731 means 731 or more), or parte_ with the days (0 to 1)",
    ),
    "valor": Told("Valor de la medida", "The measure's value"),
}
DERIVED_TOLD = {
    "times": Told("Tiempo en cada etapa: cuartiles y partes", "Time in each stage: quartiles and shares"),
    "crossed": Told("Con los delitos de la lista de 2015", "With the crimes of the list of 2015"),
}
