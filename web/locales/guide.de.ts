export interface Guides {
  readonly [company: string]: { readonly [key: string]: readonly [title: string, text: string] }
}

/** The guides of the demo companies in German: title and text by company and key of the step (src/app/demo). A test holds the two together. */
export const guides: Guides = {
  creamery: {
    look: ['Sehen Sie die Charge {code} an', 'Dairy Supplies ruft an: Diese Starterkultur ist verunreinigt. Sie kam vor Monaten; sehen Sie, was noch da ist und wohin sie ging.'],
    hold: ['Sperren Sie die Charge {code}', 'Sperren Sie sie: Von der Antwort an wird nichts mehr davon verwendet. Die Antwort sagt, was die Sperre erreicht.'],
    forward: ['Verfolgen Sie sie vorwärts', 'Jeder Käse, der mit ihr gemacht wurde, und jeder Laden, der davon bekam, mit den Mengen.'],
    backward: ['Verfolgen Sie einen Käse rückwärts', 'Welche Milch in einen dieser Laibe ging: Im Tank mischen sich drei Höfe, darum ist jeder möglich, mit seinem Anteil.'],
    tank: ['Sehen Sie in den Tank', 'Was jetzt im Milchtank 1 ist, Hof für Hof.'],
    as_of: ['Fragen Sie nach dem Bestand vom letzten Monat', 'Stellen Sie auf der Bestandsseite das Datum zurück: das Buch, wie es war, und wie man es damals kannte.'],
    past: ['Finden Sie, was über seinem Datum ist', 'Einige Becher Schlagsahne sind es: Sie stehen noch im Regal und können nicht versandt werden.'],
    exceptions: ['Arbeiten Sie die Ausnahmen ab', 'Was angenommen wurde und angesehen werden sollte: ein Versand gesperrter Sahne, Ware, die das Buch nicht kannte.'],
    ship: ['Versenden Sie einen Auftrag', 'Zwei Laibe sind dem Auftrag SO-2001 zugesagt: Versenden Sie sie, und wiegen Sie sie dabei.'],
  },
  yarn_mill: {
    look: ['Sehen Sie den Farbstoff {code} an', 'Zwei Läden haben marineblaue Knäuel zurückgeschickt, weil sie ausbluten. Dieser Farbstoff ist es, was sie gemeinsam haben.'],
    forward: ['Verfolgen Sie ihn vorwärts', 'Jede marineblaue Farbpartie daraus, ihre Konen, Knäuel und Stränge, und jeder Laden und Weber, der davon bekam.'],
    hold: ['Sperren Sie die Farbpartie {code}', 'Sperren Sie die Familie: Konen, Knäuel und Stränge des Bades auf einmal.'],
    held: ['Sehen Sie die Sperre von {code} an', 'Eine ganze Farbpartie ist gesperrt, bis das Labor antwortet. Geben Sie sie mit einem Grund frei, oder versuchen Sie zuerst, sie zu versenden.'],
    promised: ['Öffnen Sie die Farbpartie {code}', 'Vierzig Knäuel davon sind einem Auftrag zugesagt, damit die Decke aus einem Bad ist.'],
    cone: ['Öffnen Sie eine Kone', 'Jede Kone ist ein Stück mit eigenem Gewicht: was von ihr übrig ist und woher sie kam.'],
    exceptions: ['Arbeiten Sie die Ausnahmen ab', 'Sieben Knäuel, die das Buch nicht kannte, wurden trotzdem versandt.'],
    returned: ['Sehen Sie, was zurückkam', 'Die zurückgegebenen Knäuel liegen in der Quarantäne.'],
  },
  e_bikes: {
    look: ['Sehen Sie die Akkucharge {code} an', 'Drei Räder kamen mit geblähtem Akku zurück. Alle drei sind aus dieser Charge.'],
    forward: ['Verfolgen Sie sie vorwärts', 'Jedes Rad mit einem Akku dieser Charge, und der Händler, der es hat, Seriennummer für Seriennummer.'],
    hold: ['Sperren Sie die Charge {code}', 'Was von ihr übrig ist, wird von jetzt an nicht mehr eingebaut. Die Antwort sagt, was die Sperre erreicht.'],
    quarantine: ['Sehen Sie in den Quarantänekäfig', 'Die Akkus, die auf Garantie aus Rädern ausgebaut wurden.'],
    mended: ['Öffnen Sie ein repariertes Rad', '{code}: gebaut, verkauft, zurückgekommen, nachgearbeitet, heimgeschickt; sein Rahmen, sein Motor und beide Akkus.'],
    ship: ['Versenden Sie einen Auftrag', 'Die Räder {bikes} sind dem Auftrag SO-8001 zugesagt: Scannen Sie ihre Seriennummern, um sie zu versenden.'],
    exceptions: ['Arbeiten Sie die Ausnahmen ab', 'Ein Rad, das das Buch anderswo hatte, wurde trotzdem versandt.'],
    scan: ['Scannen Sie einen Motor', 'Tippen oder scannen Sie die Seriennummer eines Motors, {code}: Sie führt zu dem Rad, in dem er ist.'],
  },
  fireworks: {
    look: ['Sehen Sie die Charge {code} an', 'Bomben eines Tages und einer Schicht, die zu tief zerlegen. Die Charge ist gesperrt; sehen Sie, was noch da ist und auf welcher Palette.'],
    refused: ['Versuchen Sie, sie zu versenden', 'Zwei Kartons an irgendwen: Es wird abgelehnt, mit der Sperre und ihrem Grund.'],
    forward: ['Verfolgen Sie sie vorwärts', 'Jede Vorführung, die davon hat, in Kartons und Stück, mit den Aufträgen.'],
    release: ['Heben Sie die Sperre auf, oder vernichten Sie die Charge', 'Eine Probe wurde gewogen. Entscheiden Sie: Geben Sie sie mit einem Grund frei, oder vernichten Sie, was übrig ist; das lässt eine Sperre zu.'],
    magazine: ['Öffnen Sie ein Lager', 'Was im Magazin 2 ist: Paletten, Chargen, Daten und Schichten.'],
    backward: ['Verfolgen Sie ein Familienpaket rückwärts', 'Welche Chargen von Römischen Lichtern, Fontänen und Wunderkerzen darin sind.'],
    licence: ['Sehen Sie eine Lizenz, die abläuft', 'Die Genehmigung des Lakeside Festival endet in einigen Tagen.'],
    exceptions: ['Arbeiten Sie die Ausnahmen ab', 'Ein Karton ging vor der Sperre hinaus und wurde erst danach gemeldet; ein Karton war da, den das Buch nicht kannte.'],
    ship: ['Versenden Sie einen Auftrag', 'Drei Kartons Batterien sind dem Auftrag SO-901 zugesagt, auf der Palette {pallet}.'],
  },
}
