import { defineWords } from "../words/define-words.ts";

/** What a person can do about each of the daemon's failures, said for who looks at this page. By failure code. */
export const adviceWords = defineWords({
  "provider-unreachable": {
    en: "The next sync tries again. Check the network or the proxy if it lasts.",
    de: "Der nächste Abgleich versucht es wieder. Prüfe Netz oder Proxy, wenn es anhält.",
  },
  "provider-error": {
    en: "The shop's server has trouble; the next sync tries again.",
    de: "Der Server des Shops hat Schwierigkeiten; der nächste Abgleich versucht es wieder.",
  },
  "rate-limited": {
    en: "The shop asks for patience; a later sync tries again.",
    de: "Der Shop bittet um Geduld; ein späterer Abgleich versucht es wieder.",
  },
  "answer-unreadable": {
    en: "The shop answered something unexpected; the next sync tries again.",
    de: "Der Shop hat etwas Unerwartetes geantwortet; der nächste Abgleich versucht es wieder.",
  },
  "feed-shrunken": {
    en: "The last good catalog stays in use. Look at it before you accept the smaller one.",
    de: "Der letzte gute Katalog bleibt in Gebrauch. Sieh nach, bevor du den kleineren annimmst.",
  },
  "feed-unreadable": {
    en: "The last good catalog stays in use; the next sync asks again.",
    de: "Der letzte gute Katalog bleibt in Gebrauch; der nächste Abgleich fragt wieder.",
  },
  "product-unknown": { en: "Look it up in the catalog.", de: "Suche es im Katalog." },
  "sign-in-missing": {
    en: "Enter user name and password in the settings.",
    de: "Trage Benutzername und Passwort in den Optionen ein.",
  },
  "sign-in-failed": {
    en: "Check user name and password in the settings; it is not tried again until then.",
    de: "Prüfe Benutzername und Passwort in den Optionen; bis dahin wird es nicht wieder versucht.",
  },
  "entitlement-missing": {
    en: "Renew the subscription in the shop; free products still download.",
    de: "Erneuere das Abo im Shop; kostenlose Produkte kommen weiterhin.",
  },
  "quota-exhausted": {
    en: "The shop allows no further download of this product. Ask its support if its count is wrong; the ledger under Activity is your evidence.",
    de: "Der Shop erlaubt keinen weiteren Download dieses Produkts. Frage seinen Support, wenn die Zählung falsch ist; das Ausgabenbuch unter Verlauf ist dein Beleg.",
  },
  "quota-last": {
    en: "Only the last download is left. It is used only when you say so.",
    de: "Nur der letzte Download ist übrig. Er wird nur benutzt, wenn du es sagst.",
  },
  "spend-needs-person": {
    en: "Another download is spent on it only when you say so.",
    de: "Ein weiterer Download wird dafür nur ausgegeben, wenn du es sagst.",
  },
  "spend-in-doubt": {
    en: "Nobody knows whether the shop counted it, so it counts as spent. Settle it in the ledger under Activity.",
    de: "Niemand weiß, ob der Shop ihn gezählt hat, deshalb gilt er als ausgegeben. Kläre ihn im Ausgabenbuch unter Verlauf.",
  },
  "link-expired": {
    en: "The link no longer works. A new one costs another download.",
    de: "Der Link gilt nicht mehr. Ein neuer kostet einen weiteren Download.",
  },
  "link-refused": {
    en: "The link points to a host that is not in “imeshh.archiveHosts”. Add it there in config.jsonc if you trust it.",
    de: "Der Link zeigt auf einen Rechner, der nicht in „imeshh.archiveHosts“ steht. Trage ihn dort in config.jsonc ein, wenn du ihm traust.",
  },
  "download-interrupted": {
    en: "The next sync goes on where it stopped, at no cost.",
    de: "Der nächste Abgleich macht kostenlos dort weiter, wo es aufhörte.",
  },
  "download-damaged": {
    en: "What arrived is not what was announced. You can try again.",
    de: "Was ankam, ist nicht das Angekündigte. Du kannst es noch einmal versuchen.",
  },
  "archive-incomplete": {
    en: "The zip ends too early. You can try again.",
    de: "Das Zip endet zu früh. Du kannst es noch einmal versuchen.",
  },
  "archive-not-zip": {
    en: "What arrived is no zip. The file is kept; report it to the shop.",
    de: "Was ankam, ist kein Zip. Die Datei wird aufgehoben; melde es dem Shop.",
  },
  "archive-damaged": {
    en: "The zip contradicts itself. The file is kept; report it to the shop.",
    de: "Das Zip widerspricht sich. Die Datei wird aufgehoben; melde es dem Shop.",
  },
  "archive-unsafe-path": {
    en: "The zip would write outside its folder. The file is kept; report it to the shop.",
    de: "Das Zip würde außerhalb seines Ordners schreiben. Die Datei wird aufgehoben; melde es dem Shop.",
  },
  "archive-unsafe-entry": {
    en: "The zip holds links or devices. The file is kept; report it to the shop.",
    de: "Das Zip enthält Verknüpfungen oder Geräte. Die Datei wird aufgehoben; melde es dem Shop.",
  },
  "archive-collision": {
    en: "Two entries of the zip would be the same file on some systems. The file is kept; report it to the shop.",
    de: "Zwei Einträge des Zips wären auf manchen Systemen dieselbe Datei. Die Datei wird aufgehoben; melde es dem Shop.",
  },
  "archive-encrypted": {
    en: "The zip is encrypted. The file is kept; ask the shop.",
    de: "Das Zip ist verschlüsselt. Die Datei wird aufgehoben; frage den Shop.",
  },
  "archive-unsupported": {
    en: "The zip uses a compression that is not supported. The file is kept; unpack it by hand.",
    de: "Die Kompression des Zips wird nicht unterstützt. Die Datei wird aufgehoben; entpacke sie von Hand.",
  },
  "archive-too-large": {
    en: "Raise the limit in the settings if you trust this product.",
    de: "Erhöhe die Grenze in den Optionen, wenn du diesem Produkt traust.",
  },
  "unpacking-failed": {
    en: "The zip is kept; the next sync unpacks it again at no cost.",
    de: "Das Zip ist aufgehoben; der nächste Abgleich entpackt es kostenlos noch einmal.",
  },
  "disk-full": { en: "Make room; the next sync goes on.", de: "Schaffe Platz; der nächste Abgleich macht weiter." },
  "archive-store-full": {
    en: "Raise the limit for kept zips in the settings.",
    de: "Erhöhe in den Optionen die Grenze für aufgehobene Zips.",
  },
  "disk-failed": { en: "Check the disk, then try again.", de: "Prüfe den Datenträger und versuche es dann wieder." },
  "access-denied": {
    en: "Let asset-sync write there; the next sync goes on.",
    de: "Erlaube asset-sync, dort zu schreiben; der nächste Abgleich macht weiter.",
  },
  "library-missing": {
    en: "Mount or restore the folder. Nothing is downloaded again because of it.",
    de: "Hänge den Ordner wieder ein oder stelle ihn wieder her. Deswegen wird nichts neu heruntergeladen.",
  },
  "library-read-only": {
    en: "Make the folder writable. Nothing is downloaded again because of it.",
    de: "Mache den Ordner beschreibbar. Deswegen wird nichts neu heruntergeladen.",
  },
  "library-foreign": {
    en: "The folder belongs to another library. Check the library folder in the settings; nothing is written there.",
    de: "Der Ordner gehört zu einer anderen Bibliothek. Prüfe den Bibliotheksordner in den Optionen; dort wird nichts geschrieben.",
  },
  "library-unfit": {
    en: "Mount the disk as yours and with names as they are written. Nothing is downloaded until then.",
    de: "Hänge den Datenträger als deinen und mit Namen in ihrer Schreibweise ein. Bis dahin wird nichts heruntergeladen.",
  },
  "library-unsafe-path": {
    en: "Put a real folder where the link or file is. Nothing was written through it.",
    de: "Lege einen echten Ordner an die Stelle der Verknüpfung oder Datei. Es wurde nichts hindurch geschrieben.",
  },
  "library-taken": {
    en: "Another asset-sync writes into this library. This one goes on when the other has ended.",
    de: "Ein anderes asset-sync schreibt in diese Bibliothek. Dieses macht weiter, wenn das andere beendet ist.",
  },
  "asset-folder-taken": {
    en: "A folder of that name is there already and not ours; it stays as it is. Get it again to install beside it.",
    de: "Ein Ordner dieses Namens ist schon da und nicht unserer; er bleibt, wie er ist. Hole es noch einmal, um es daneben zu installieren.",
  },
  "asset-edited": {
    en: "You changed files of this asset. Update it by hand here; your files are kept aside.",
    de: "Du hast Dateien davon geändert. Aktualisiere es hier von Hand; deine Dateien werden aufgehoben.",
  },
  "asset-previous-missing": {
    en: "Earlier versions are kept from one update until the next.",
    de: "Frühere Versionen werden von einem Update bis zum nächsten aufgehoben.",
  },
  "asset-mass-missing": {
    en: "Many assets vanished at once. Bring them back, or repair them in the library at no cost.",
    de: "Viele Assets sind auf einmal verschwunden. Bringe sie zurück oder repariere sie kostenlos in der Bibliothek.",
  },
  "asset-missing": {
    en: "Get it from the catalog; the button there says what that costs.",
    de: "Hole es aus dem Katalog; der Knopf dort sagt, was das kostet.",
  },
  "library-place-unfit": {
    en: "Name a folder that is empty or not there yet, outside the present one.",
    de: "Nenne einen Ordner, der leer oder noch nicht da ist und nicht im jetzigen liegt.",
  },
  "library-moving": { en: "Wait until that move has ended.", de: "Warte, bis dieser Umzug beendet ist." },
  "folder-relative": {
    en: "Name the folder from its disk's beginning on, such as /home/ann/Downloads.",
    de: "Nenne den Ordner vom Anfang des Datenträgers an, etwa /home/ann/Downloads.",
  },
  "file-manager-missing": {
    en: "Open the folder yourself; its path is in the message.",
    de: "Öffne den Ordner selbst; sein Pfad steht in der Meldung.",
  },
  "download-unknown": {
    en: "It has ended meanwhile; the list here is up to date again.",
    de: "Er ist inzwischen beendet; die Liste hier ist wieder aktuell.",
  },
  "machine-exhausted": {
    en: "Close other programs, or raise the limit of open files; the next sync goes on.",
    de: "Schließe andere Programme oder erhöhe die Grenze für offene Dateien; der nächste Abgleich macht weiter.",
  },
  "config-invalid": {
    en: "Nothing was changed. Correct what is named.",
    de: "Es wurde nichts geändert. Berichtige, was genannt ist.",
  },
  "restart-refused": {
    en: "Stop asset-sync and start it again with “asset-sync serve”.",
    de: "Beende asset-sync und starte es mit „asset-sync serve“ wieder.",
  },
  "sample-shop-missing": {
    en: "Install the package @org/sandbox where asset-sync is installed, or choose your account in the shop.",
    de: "Installiere das Paket @org/sandbox dort, wo asset-sync installiert ist, oder wähle dein Konto im Shop.",
  },
  "set-up-missing": { en: "Set asset-sync up first.", de: "Richte asset-sync zuerst ein." },
  "set-up-already": { en: "Change it in the settings.", de: "Ändere es in den Optionen." },
  "spend-not-in-doubt": {
    en: "It has been settled already; the ledger shows how.",
    de: "Er ist schon geklärt; das Ausgabenbuch zeigt, wie.",
  },
  held: { en: "Let it go on under Downloads.", de: "Lass ihn unter Downloads weitergehen." },
  cancelled: {
    en: "Get it again from the catalog; the button there says what that costs.",
    de: "Hole es noch einmal aus dem Katalog; der Knopf dort sagt, was das kostet.",
  },
  "quiet-hours": {
    en: "It goes on by itself afterwards; what you get by name comes now.",
    de: "Danach geht es von selbst weiter; was du beim Namen holst, kommt jetzt.",
  },
  "state-damaged": { en: "See docs/recovery.md.", de: "Siehe docs/recovery.md." },
  paused: { en: "Resume first.", de: "Setze zuerst fort." },
  stopped: { en: "It goes on with the next start.", de: "Es geht beim nächsten Start weiter." },
  unexpected: {
    en: "This is a defect of asset-sync. Please report it with what “asset-sync support” collects.",
    de: "Das ist ein Fehler von asset-sync. Bitte melde ihn mit dem, was „asset-sync support“ sammelt.",
  },
});
