"""The BAAC code book: tables, columns, codes and their labels in French and English.

This is the only place that knows the official codes. Frames inside the product carry our column names and the
official codes as text; a label is looked up here at the moment a person reads it.

Source: ONISR, description of the BAAC files of 2005 to 2024, issue of 21 October 2025 (Licence Ouverte 2.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.text import Language, language

Kind = Literal["key", "code", "number", "text"]
Table = Literal["caracteristiques", "lieux", "vehicules", "usagers"]


@dataclass(frozen=True)
class Column:
    """One official column: its name in the files, ours, and how its cells are read."""

    official: str
    name: str
    kind: Kind

    def is_in(self, year: int) -> bool:
        """Whether the official files of a year have the column."""
        first, last = SPANS.get(self.official, (YEARS[0], YEARS[-1]))
        return first <= year <= last


def _columns(kinds: dict[Kind, str]) -> tuple[Column, ...]:
    pairs = [(kind, item.split(":")) for kind, items in kinds.items() for item in items.split()]
    return tuple(Column(official=names[0], name=names[-1], kind=kind) for kind, names in pairs)


# official:ours, or one word where both are the same
TABLES: dict[Table, tuple[Column, ...]] = {
    "caracteristiques": _columns(
        {
            "key": "Num_Acc:accident",
            "code": "lum:light agg:built_up int:junction atm:weather col:collision gps:gps_zone",
            "number": "jour:day mois:month an:year lat:latitude long:longitude",
            "text": "hrmn:time dep:departement com:commune adr:address",
        }
    ),
    "lieux": _columns(
        {
            "key": "Num_Acc:accident",
            "code": "catr:road_class circ:traffic vosp:reserved_lane prof:gradient plan:alignment surf:surface "
            "infra:infrastructure situ:situation env1:near_school",
            "number": "nbv:lanes vma:speed_limit pr:milepost pr1:milepost_distance lartpc:median_width "
            "larrout:road_width",
            "text": "voie:road v1:road_suffix v2:road_letter",
        }
    ),
    "vehicules": _columns(
        {
            "key": "Num_Acc:accident id_vehicule:vehicle num_veh:vehicle_letter",
            "code": "senc:heading catv:vehicle_category obs:fixed_obstacle obsm:moving_obstacle choc:impact "
            "manv:manoeuvre motor",
            "number": "occutc:passengers",
        }
    ),
    "usagers": _columns(
        {
            "key": "Num_Acc:accident id_usager:person id_vehicule:vehicle num_veh:vehicle_letter",
            "code": "place:seat catu:role grav:injury sexe:sex trajet:journey secu1:equipment_1 secu2:equipment_2 "
            "secu3:equipment_3 secu:equipment secu:equipment_use "
            "locp:pedestrian_place actp:pedestrian_action etatp:pedestrian_company",
            "number": "an_nais:birth_year",
        }
    ),
}

# official column -> first and last year whose files have it, where those are not all years
SPANS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("gps", "env1", "secu"), (2005, 2018)),
    **dict.fromkeys(("vma", "motor", "id_vehicule", "secu1", "secu2", "secu3"), (2019, 2024)),
    "id_usager": (2021, 2024),  # of 2021, only the issue of October 2023 has it
}

# header names met in some years for the same column
ALIASES = {"Accident_Id": "Num_Acc"}

# codes that say "unknown" beside -1; 0 is a real value, "none", in the other columns, where up to 2018 it may also say
# that nothing was recorded
UNKNOWN_CODES = dict.fromkeys(
    (
        *("heading", "vehicle_category", "manoeuvre", "motor", "journey"),
        # not in the official code book, and there in the files of 2005 to 2018
        *("weather", "traffic", "surface", "gradient", "alignment", "near_school", "seat", "pedestrian_company"),
    ),
    "0",
)

NOT_GIVEN = {"fr": "Non renseigné", "en": "Not given"}

# our column name -> official code -> (French, English)
CODES: dict[str, dict[str, tuple[str, str]]] = {
    # lum: Lumière : conditions d'éclairage
    "light": {
        "1": ("Plein jour", "Daylight"),
        "2": ("Crépuscule ou aube", "Dusk or dawn"),
        "3": ("Nuit sans éclairage public", "Night, no street lighting"),
        "4": ("Nuit avec éclairage public non allumé", "Night, street lighting off"),
        "5": ("Nuit avec éclairage public allumé", "Night, street lighting on"),
    },
    # agg: Localisation
    "built_up": {
        "1": ("Hors agglomération", "Outside built-up area"),
        "2": ("En agglomération", "In built-up area"),
    },
    # int: Intersection
    "junction": {
        "1": ("Hors intersection", "Not at a junction"),
        "2": ("Intersection en X", "X junction"),
        "3": ("Intersection en T", "T junction"),
        "4": ("Intersection en Y", "Y junction"),
        "5": ("Intersection à plus de 4 branches", "Junction with more than 4 arms"),
        "6": ("Giratoire", "Roundabout"),
        "7": ("Place", "Square"),
        "8": ("Passage à niveau", "Level crossing"),
        "9": ("Autre intersection", "Other junction"),
    },
    # atm: Conditions atmosphériques
    "weather": {
        "1": ("Normale", "Normal"),
        "2": ("Pluie légère", "Light rain"),
        "3": ("Pluie forte", "Heavy rain"),
        "4": ("Neige - grêle", "Snow - hail"),
        "5": ("Brouillard - fumée", "Fog - smoke"),
        "6": ("Vent fort - tempête", "Strong wind - storm"),
        "7": ("Temps éblouissant", "Dazzling (low sun)"),
        "8": ("Temps couvert", "Overcast"),
        "9": ("Autre", "Other"),
    },
    # col: Type de collision
    "collision": {
        "1": ("Deux véhicules - frontale", "Two vehicles - head-on"),
        "2": ("Deux véhicules - par l'arrière", "Two vehicles - rear-end"),
        "3": ("Deux véhicules - par le côté", "Two vehicles - side"),
        "4": ("Trois véhicules et plus - en chaîne", "Three or more vehicles - chain"),
        "5": ("Trois véhicules et plus - collisions multiples", "Three or more vehicles - multiple collisions"),
        "6": ("Autre collision", "Other collision"),
        "7": ("Sans collision", "No collision"),
    },
    # gps: Codage GPS (jusqu'en 2018 seulement)
    "gps_zone": {
        "M": ("Métropole", "Mainland France"),
        "A": ("Antilles", "Antilles (Martinique, Guadeloupe)"),
        "G": ("Guyane", "French Guiana"),
        "R": ("Réunion", "Réunion"),
        "Y": ("Mayotte", "Mayotte"),
    },
    # catr: Catégorie de route
    "road_class": {
        "1": ("Autoroute", "Motorway"),
        "2": ("Route nationale", "National road"),
        "3": ("Route départementale", "Departmental road"),
        "4": ("Voie communale", "Municipal road"),
        "5": ("Hors réseau public", "Off the public network"),
        "6": ("Parc de stationnement ouvert à la circulation publique", "Car park open to public traffic"),
        "7": ("Routes de métropole urbaine", "Urban metropolis road (new in 2018-2019)"),
        "9": ("Autre", "Other"),
    },
    # circ: Régime de circulation
    "traffic": {
        "1": ("À sens unique", "One-way"),
        "2": ("Bidirectionnelle", "Two-way"),
        "3": ("À chaussées séparées", "Dual carriageway"),
        "4": ("Avec voies d'affectation variable", "With reversible lanes"),
    },
    # vosp: Existence d'une voie réservée
    "reserved_lane": {
        "0": ("Sans objet", "Not applicable"),
        "1": ("Piste cyclable", "Cycle track"),
        "2": ("Bande cyclable", "Cycle lane"),
        "3": ("Voie réservée", "Reserved lane"),
    },
    # prof: Profil en long (déclivité)
    "gradient": {
        "1": ("Plat", "Flat"),
        "2": ("Pente", "Slope"),
        "3": ("Sommet de côte", "Top of hill"),
        "4": ("Bas de côte", "Bottom of hill"),
    },
    # plan: Tracé en plan
    "alignment": {
        "1": ("Partie rectiligne", "Straight"),
        "2": ("En courbe à gauche", "Left-hand bend"),
        "3": ("En courbe à droite", "Right-hand bend"),
        "4": ("En « S »", "S-bend"),
    },
    # surf: État de la surface
    "surface": {
        "1": ("Normale", "Normal"),
        "2": ("Mouillée", "Wet"),
        "3": ("Flaques", "Puddles"),
        "4": ("Inondée", "Flooded"),
        "5": ("Enneigée", "Snow-covered"),
        "6": ("Boue", "Mud"),
        "7": ("Verglacée", "Icy"),
        "8": ("Corps gras - huile", "Grease - oil"),
        "9": ("Autre", "Other"),
    },
    # infra: Aménagement - infrastructure
    "infrastructure": {
        "0": ("Aucun", "None"),
        "1": ("Souterrain - tunnel", "Underground - tunnel"),
        "2": ("Pont - autopont", "Bridge - flyover"),
        "3": ("Bretelle d'échangeur ou de raccordement", "Interchange or slip road"),
        "4": ("Voie ferrée", "Railway"),
        "5": ("Carrefour aménagé", "Improved junction"),
        "6": ("Zone piétonne", "Pedestrian zone"),
        "7": ("Zone de péage", "Toll area"),
        "8": ("Chantier", "Roadworks (from 2019)"),
        "9": ("Autres", "Other (from 2019)"),
    },
    # situ: Situation de l'accident
    "situation": {
        "0": ("Aucun", "None"),
        "1": ("Sur chaussée", "On the carriageway"),
        "2": ("Sur bande d'arrêt d'urgence", "On the hard shoulder"),
        "3": ("Sur accotement", "On the verge"),
        "4": ("Sur trottoir", "On the pavement (sidewalk)"),
        "5": ("Sur piste cyclable", "On a cycle track"),
        "6": ("Sur autre voie spéciale", "On another special lane (from 2019)"),
        "8": ("Autres", "Other (from 2019)"),
    },
    # env1: Point école (jusqu'en 2018); the official description lists no code, these are the ones in use
    "near_school": {
        "3": ("À proximité d'une école", "Near a school"),
        "99": ("Pas à proximité d'une école", "Not near a school"),
    },
    # senc: Sens de circulation
    "heading": {
        "0": ("Inconnu", "Unknown"),
        "1": ("PK ou PR ou numéro d'adresse croissant", "Increasing milepost or house number"),
        "2": ("PK ou PR ou numéro d'adresse décroissant", "Decreasing milepost or house number"),
        "3": ("Absence de repère", "No reference (from 2019)"),
    },
    # catv: Catégorie du véhicule
    "vehicle_category": {
        "0": ("Indéterminable", "Cannot be determined"),
        "1": ("Bicyclette", "Bicycle"),
        "2": ("Cyclomoteur < 50 cm3", "Moped < 50 cc"),
        "3": ("Voiturette (quadricycle à moteur carrossé)", "Microcar (enclosed quadricycle)"),
        "4": ("Inutilisé depuis 2006 (scooter immatriculé)", "Unused since 2006 (registered scooter)"),
        "5": ("Inutilisé depuis 2006 (motocyclette)", "Unused since 2006 (motorcycle)"),
        "6": ("Inutilisé depuis 2006 (side-car)", "Unused since 2006 (side-car)"),
        "7": ("VL seul", "Car"),
        "8": ("Inutilisé depuis 2006 (VL + caravane)", "Unused since 2006 (car + caravan)"),
        "9": ("Inutilisé depuis 2006 (VL + remorque)", "Unused since 2006 (car + trailer)"),
        "10": (
            "VU seul 1,5T <= PTAC <= 3,5T avec ou sans remorque",
            "Light commercial vehicle 1.5-3.5 t, with or without trailer",
        ),
        "11": ("Inutilisé depuis 2006 (VU + caravane)", "Unused since 2006 (van + caravan)"),
        "12": ("Inutilisé depuis 2006 (VU + remorque)", "Unused since 2006 (van + trailer)"),
        "13": ("PL seul 3,5T < PTCA <= 7,5T", "Lorry 3.5-7.5 t"),
        "14": ("PL seul > 7,5T", "Lorry > 7.5 t"),
        "15": ("PL > 3,5T + remorque", "Lorry > 3.5 t + trailer"),
        "16": ("Tracteur routier seul", "Road tractor alone"),
        "17": ("Tracteur routier + semi-remorque", "Road tractor + semi-trailer"),
        "18": ("Inutilisé depuis 2006 (transport en commun)", "Unused since 2006 (public transport)"),
        "19": ("Inutilisé depuis 2006 (tramway)", "Unused since 2006 (tram)"),
        "20": ("Engin spécial", "Special machinery"),
        "21": ("Tracteur agricole", "Farm tractor"),
        "30": ("Scooter < 50 cm3", "Scooter < 50 cc"),
        "31": ("Motocyclette > 50 cm3 et <= 125 cm3", "Motorcycle 50-125 cc"),
        "32": ("Scooter > 50 cm3 et <= 125 cm3", "Scooter 50-125 cc"),
        "33": ("Motocyclette > 125 cm3", "Motorcycle > 125 cc"),
        "34": ("Scooter > 125 cm3", "Scooter > 125 cc"),
        "35": ("Quad léger <= 50 cm3", "Light quad <= 50 cc"),
        "36": ("Quad lourd > 50 cm3", "Heavy quad > 50 cc"),
        "37": ("Autobus", "Bus"),
        "38": ("Autocar", "Coach"),
        "39": ("Train", "Train"),
        "40": ("Tramway", "Tram"),
        "41": ("3RM <= 50 cm3", "Powered three-wheeler <= 50 cc (from 2019)"),
        "42": ("3RM > 50 cm3 et <= 125 cm3", "Powered three-wheeler 50-125 cc (from 2019)"),
        "43": ("3RM > 125 cm3", "Powered three-wheeler > 125 cc (from 2019)"),
        "50": ("EDP à moteur", "Motorised personal mobility device, e-scooter (from 2019)"),
        "60": ("EDP sans moteur", "Non-motorised personal mobility device (from 2019)"),
        "80": ("VAE", "E-bike (from 2019)"),
        "99": ("Autre véhicule", "Other vehicle (in 2018 also rollers and kick scooters)"),
    },
    # obs: Obstacle fixe heurté
    "fixed_obstacle": {
        "0": ("Sans objet", "Not applicable"),
        "1": ("Véhicule en stationnement", "Parked vehicle"),
        "2": ("Arbre", "Tree"),
        "3": ("Glissière métallique", "Metal barrier"),
        "4": ("Glissière béton", "Concrete barrier"),
        "5": ("Autre glissière", "Other barrier"),
        "6": ("Bâtiment, mur, pile de pont", "Building, wall, bridge pier"),
        "7": ("Support de signalisation verticale ou poste d'appel d'urgence", "Sign post or emergency phone"),
        "8": ("Poteau", "Pole"),
        "9": ("Mobilier urbain", "Street furniture"),
        "10": ("Parapet", "Parapet"),
        "11": ("Îlot, refuge, borne haute", "Island, refuge, bollard"),
        "12": ("Bordure de trottoir", "Kerb"),
        "13": ("Fossé, talus, paroi rocheuse", "Ditch, bank, rock face"),
        "14": ("Autre obstacle fixe sur chaussée", "Other fixed obstacle on the carriageway"),
        "15": ("Autre obstacle fixe sur trottoir ou accotement", "Other fixed obstacle on pavement or verge"),
        "16": ("Sortie de chaussée sans obstacle", "Left the road, no obstacle"),
        "17": ("Buse - tête d'aqueduc", "Culvert (from 2019)"),
    },
    # obsm: Obstacle mobile heurté
    "moving_obstacle": {
        "0": ("Aucun", "None"),
        "1": ("Piéton", "Pedestrian"),
        "2": ("Véhicule", "Vehicle"),
        "4": ("Véhicule sur rail", "Rail vehicle"),
        "5": ("Animal domestique", "Domestic animal"),
        "6": ("Animal sauvage", "Wild animal"),
        "9": ("Autre", "Other"),
    },
    # choc: Point de choc initial
    "impact": {
        "0": ("Aucun", "None"),
        "1": ("Avant", "Front"),
        "2": ("Avant droit", "Front right"),
        "3": ("Avant gauche", "Front left"),
        "4": ("Arrière", "Rear"),
        "5": ("Arrière droit", "Rear right"),
        "6": ("Arrière gauche", "Rear left"),
        "7": ("Côté droit", "Right side"),
        "8": ("Côté gauche", "Left side"),
        "9": ("Chocs multiples (tonneaux)", "Multiple impacts (rollover)"),
    },
    # manv: Manœuvre principale avant l'accident
    "manoeuvre": {
        "0": ("Inconnue", "Unknown"),
        "1": ("Sans changement de direction", "No change of direction"),
        "2": ("Même sens, même file", "Same direction, same lane"),
        "3": ("Entre 2 files", "Between two lanes"),
        "4": ("En marche arrière", "Reversing"),
        "5": ("À contresens", "Wrong way"),
        "6": ("En franchissant le terre-plein central", "Crossing the central reservation"),
        "7": ("Dans le couloir bus, dans le même sens", "In the bus lane, same direction"),
        "8": ("Dans le couloir bus, dans le sens inverse", "In the bus lane, opposite direction"),
        "9": ("En s'insérant", "Merging"),
        "10": ("En faisant demi-tour sur la chaussée", "U-turn"),
        "11": ("Changeant de file - à gauche", "Changing lane - left"),
        "12": ("Changeant de file - à droite", "Changing lane - right"),
        "13": ("Déporté - à gauche", "Drifting - left"),
        "14": ("Déporté - à droite", "Drifting - right"),
        "15": ("Tournant - à gauche", "Turning left"),
        "16": ("Tournant - à droite", "Turning right"),
        "17": ("Dépassant - à gauche", "Overtaking on the left"),
        "18": ("Dépassant - à droite", "Overtaking on the right"),
        "19": ("Traversant la chaussée", "Crossing the carriageway"),
        "20": ("Manœuvre de stationnement", "Parking manoeuvre"),
        "21": ("Manœuvre d'évitement", "Avoiding manoeuvre"),
        "22": ("Ouverture de porte", "Opening a door"),
        "23": ("Arrêté (hors stationnement)", "Stopped (not parked)"),
        "24": ("En stationnement (avec occupants)", "Parked (with occupants)"),
        "25": ("Circulant sur trottoir", "On the pavement (from 2019)"),
        "26": ("Autres manœuvres", "Other manoeuvre (from 2019)"),
    },
    # motor: Type de motorisation
    "motor": {
        "0": ("Inconnue", "Unknown"),
        "1": ("Hydrocarbures", "Petrol or diesel"),
        "2": ("Hybride électrique", "Hybrid"),
        "3": ("Électrique", "Electric"),
        "4": ("Hydrogène", "Hydrogen"),
        "5": ("Humaine", "Human-powered"),
        "6": ("Autre", "Other"),
    },
    # place: Place occupée dans le véhicule
    "seat": {
        "1": ("Conducteur (avant gauche)", "Driver (front left)"),
        "2": ("Avant droit ; passager d'un 2RM", "Front right; passenger of a two-wheeler"),
        "3": ("Arrière droit ; side-car", "Rear right; side-car"),
        "4": ("Arrière gauche", "Rear left"),
        "5": ("Arrière milieu", "Rear middle"),
        "6": ("Avant milieu", "Front middle"),
        "7": ("Rangée du milieu, gauche", "Middle row, left"),
        "8": ("Rangée du milieu, milieu", "Middle row, centre"),
        "9": ("Rangée du milieu, droite", "Middle row, right"),
        "10": ("Piéton (non applicable)", "Pedestrian (not applicable), from 2019; blank or 0 up to 2018"),
    },
    # catu: Catégorie d'usager
    "role": {
        "1": ("Conducteur", "Driver"),
        "2": ("Passager", "Passenger"),
        "3": ("Piéton", "Pedestrian"),
        "4": (
            "Piéton en roller ou en trottinette (jusqu'en 2017)",
            "Pedestrian on rollers or kick scooter (up to 2017; from 2018 a vehicle, catv 99, then 50/60)",
        ),
    },
    # grav: Gravité de blessure de l'usager
    "injury": {
        "1": ("Indemne", "Unharmed"),
        "2": ("Tué (dans les 30 jours)", "Killed (within 30 days)"),
        "3": ("Blessé hospitalisé (plus de 24 h)", "Hospitalised (more than 24 h)"),
        "4": ("Blessé léger", "Light injury"),
    },
    # sexe: Sexe de l'usager
    "sex": {
        "1": ("Masculin", "Male"),
        "2": ("Féminin", "Female"),
    },
    # trajet: Motif du déplacement
    "journey": {
        "0": ("Non renseigné", "Not given"),
        "1": ("Domicile - travail", "Home - work"),
        "2": ("Domicile - école", "Home - school"),
        "3": ("Courses - achats", "Shopping"),
        "4": ("Utilisation professionnelle", "Professional use"),
        "5": ("Promenade - loisirs", "Leisure"),
        "9": ("Autre", "Other"),
    },
    # secu1: Équipement de sécurité 1 (depuis 2019)
    "equipment_1": {
        "0": ("Aucun équipement", "No equipment"),
        "1": ("Ceinture", "Seat belt"),
        "2": ("Casque", "Helmet"),
        "3": ("Dispositif enfants", "Child restraint"),
        "4": ("Gilet réfléchissant", "Reflective vest"),
        "5": ("Airbag (2RM/3RM)", "Airbag (powered 2/3-wheeler)"),
        "6": ("Gants (2RM/3RM)", "Gloves (powered 2/3-wheeler)"),
        "7": ("Gants + Airbag (2RM/3RM)", "Gloves + airbag (powered 2/3-wheeler)"),
        "8": ("Non déterminable", "Cannot be determined"),
        "9": ("Autre", "Other"),
    },
    # secu: Équipement de sécurité (jusqu'en 2018): two digits, which one and whether it was used
    "equipment": {
        "1": ("Ceinture", "Seat belt"),
        "2": ("Casque", "Helmet"),
        "3": ("Dispositif enfants", "Child restraint"),
        "4": ("Équipement réfléchissant", "Reflective equipment"),
        "9": ("Autre", "Other"),
    },
    "equipment_use": {
        "1": ("Utilisé", "Used"),
        "2": ("Non utilisé", "Not used"),
        "3": ("Non déterminable", "Cannot be determined"),
    },
    # locp: Localisation du piéton
    "pedestrian_place": {
        "0": ("Sans objet", "Not applicable"),
        "1": ("Sur chaussée à + 50 m du passage piéton", "On carriageway, more than 50 m from a crossing"),
        "2": ("Sur chaussée à - 50 m du passage piéton", "On carriageway, less than 50 m from a crossing"),
        "3": ("Sur passage piéton sans signalisation lumineuse", "On a crossing without lights"),
        "4": ("Sur passage piéton avec signalisation lumineuse", "On a crossing with lights"),
        "5": ("Sur trottoir", "On the pavement"),
        "6": ("Sur accotement", "On the verge"),
        "7": ("Sur refuge ou BAU", "On a refuge or hard shoulder"),
        "8": ("Sur contre-allée", "On a service road"),
        "9": ("Inconnue", "Unknown (from 2019)"),
    },
    # actp: Action du piéton
    "pedestrian_action": {
        "0": ("Non renseigné ou sans objet", "Not given or not applicable"),
        "1": ("Sens du véhicule heurtant", "Moving in the direction of the striking vehicle"),
        "2": ("Sens inverse du véhicule", "Moving against the direction of the vehicle"),
        "3": ("Traversant", "Crossing"),
        "4": ("Masqué", "Hidden"),
        "5": ("Jouant - courant", "Playing - running"),
        "6": ("Avec animal", "With an animal"),
        "9": ("Autre", "Other"),
        "A": ("Monte/descend du véhicule", "Getting in or out of the vehicle (from 2019)"),
        "B": ("Inconnue", "Unknown (from 2019)"),
    },
    # etatp: Piéton seul ou non
    "pedestrian_company": {
        "1": ("Seul", "Alone"),
        "2": ("Accompagné", "Accompanied"),
        "3": ("En groupe", "In a group"),
    },
}
CODES["equipment_2"] = CODES["equipment_3"] = CODES["equipment_1"]

DEPARTEMENTS: dict[str, str] = {
    item.split(" ", 1)[0]: item.split(" ", 1)[1]
    for item in """
    01 Ain; 02 Aisne; 03 Allier; 04 Alpes-de-Haute-Provence; 05 Hautes-Alpes; 06 Alpes-Maritimes; 07 Ardèche; 08
    Ardennes; 09 Ariège; 10 Aube; 11 Aude; 12 Aveyron; 13 Bouches-du-Rhône; 14 Calvados; 15 Cantal; 16 Charente;
    17 Charente-Maritime; 18 Cher; 19 Corrèze; 21 Côte-d'Or; 22 Côtes-d'Armor; 23 Creuse; 24 Dordogne; 25 Doubs;
    26 Drôme; 27 Eure; 28 Eure-et-Loir; 29 Finistère; 2A Corse-du-Sud; 2B Haute-Corse; 30 Gard; 31 Haute-Garonne;
    32 Gers; 33 Gironde; 34 Hérault; 35 Ille-et-Vilaine; 36 Indre; 37 Indre-et-Loire; 38 Isère; 39 Jura; 40
    Landes; 41 Loir-et-Cher; 42 Loire; 43 Haute-Loire; 44 Loire-Atlantique; 45 Loiret; 46 Lot; 47 Lot-et-Garonne;
    48 Lozère; 49 Maine-et-Loire; 50 Manche; 51 Marne; 52 Haute-Marne; 53 Mayenne; 54 Meurthe-et-Moselle; 55
    Meuse; 56 Morbihan; 57 Moselle; 58 Nièvre; 59 Nord; 60 Oise; 61 Orne; 62 Pas-de-Calais; 63 Puy-de-Dôme; 64
    Pyrénées-Atlantiques; 65 Hautes-Pyrénées; 66 Pyrénées-Orientales; 67 Bas-Rhin; 68 Haut-Rhin; 69 Rhône; 70
    Haute-Saône; 71 Saône-et-Loire; 72 Sarthe; 73 Savoie; 74 Haute-Savoie; 75 Paris; 76 Seine-Maritime; 77
    Seine-et-Marne; 78 Yvelines; 79 Deux-Sèvres; 80 Somme; 81 Tarn; 82 Tarn-et-Garonne; 83 Var; 84 Vaucluse; 85
    Vendée; 86 Vienne; 87 Haute-Vienne; 88 Vosges; 89 Yonne; 90 Territoire de Belfort; 91 Essonne; 92
    Hauts-de-Seine; 93 Seine-Saint-Denis; 94 Val-de-Marne; 95 Val-d'Oise; 971 Guadeloupe; 972 Martinique; 973
    Guyane; 974 La Réunion; 975 Saint-Pierre-et-Miquelon; 976 Mayotte; 977 Saint-Barthélemy; 978 Saint-Martin; 986
    Wallis-et-Futuna; 987 Polynésie française; 988 Nouvelle-Calédonie
    """.replace("\n   ", "")
    .strip()
    .split("; ")
}

# The worst injury among the people involved, from the least to the most serious (codes of `injury`: 1 < 4 < 3 < 2).
INJURY_ORDER = ("1", "4", "3", "2")
SEVERITY: dict[str, tuple[str, str]] = {
    "light": ("Blessés légers seulement", "Light injuries only"),
    "hospitalised": ("Au moins un blessé hospitalisé", "At least one hospitalised"),
    "killed": ("Au moins un tué", "At least one killed"),
}
# up to 2017 somebody on rollers or a kick scooter was a pedestrian of a kind of their own
PEDESTRIAN_ROLES = ("3", "4")
INJURY_COUNTS = {"killed": "2", "hospitalised": "3", "slightly_injured": "4", "unharmed": "1"}
SEVERITY_OF_INJURY = {"4": "light", "3": "hospitalised", "2": "killed"}

# how the directions of travel (`heading`: 1 or 2) of an accident's vehicles compare
HEADINGS: dict[str, tuple[str, str]] = {
    "single": ("Un seul véhicule", "Single vehicle"),
    "same": ("Même sens", "Same direction"),
    "opposite": ("Sens opposés", "Opposite directions"),
    "no_reference": ("Absence de repère", "No reference"),
}

# vehicle group -> (codes of `vehicle_category`, French, English)
VEHICLE_GROUPS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "cars": (("3", "7", "8", "9"), "Voitures", "Cars"),
    "vans": (("10", "11", "12"), "Utilitaires légers", "Vans"),
    "lorries": (("13", "14", "15", "16", "17"), "Poids lourds", "Lorries"),
    "buses": (("18", "37", "38"), "Autobus et autocars", "Buses and coaches"),
    "rail": (("19", "39", "40"), "Trains et tramways", "Trains and trams"),
    "motorcycles": (
        ("5", "6", "31", "32", "33", "34", "36", "42", "43"),
        "Motos et scooters > 50 cm3",
        "Motorcycles and scooters > 50 cc",
    ),
    "mopeds": (("2", "4", "30", "35", "41"), "Cyclomoteurs et scooters < 50 cm3", "Mopeds and scooters < 50 cc"),
    "bicycles": (("1", "80"), "Vélos et vélos électriques", "Bicycles and e-bikes"),
    "scooters": (
        ("50", "60"),
        "Trottinettes et autres engins de déplacement personnel",
        "E-scooters and other personal mobility devices",
    ),
    "other_vehicles": (("0", "20", "21", "99"), "Autres véhicules", "Other vehicles"),
}

# what columns of accidents are called in French, where the words are not those of a code book above
FRENCH_COLUMNS: dict[str, tuple[str, ...]] = {
    "month": ("Mois",),
    "weekday": ("Jour de la semaine",),
    "hour": ("Heure",),
    "departement": ("Département",),
    "commune": ("Commune", "Commune (code INSEE)"),
    "built_up": ("Localisation", "En agglomération", "Agglomération"),
    "latitude": ("Latitude",),
    "longitude": ("Longitude",),
    "light": ("Lumière", "Lumière : conditions d'éclairage", "Conditions d'éclairage"),
    "weather": ("Conditions atmosphériques", "Météo"),
    "surface": ("État de la surface", "État de surface"),
    "road_class": ("Catégorie de route", "Catégorie de la route"),
    "traffic": ("Régime de circulation",),
    "lanes": ("Nombre de voies", "Nombre total de voies de circulation"),
    "speed_limit": ("Vitesse maximale autorisée", "Vitesse maximale", "Limitation de vitesse"),
    "junction": ("Intersection", "Type d'intersection"),
    "reserved_lane": ("Voie réservée", "Existence d'une voie réservée"),
    "gradient": ("Profil en long", "Déclivité"),
    "alignment": ("Tracé en plan",),
    "infrastructure": ("Aménagement - infrastructure", "Aménagement", "Infrastructure"),
    "situation": ("Situation de l'accident", "Situation"),
    "vehicles": ("Véhicules impliqués", "Nombre de véhicules"),
    "headings": ("Sens de circulation",),
    "people": ("Personnes impliquées", "Usagers impliqués", "Nombre de personnes", "Nombre d'usagers"),
    "pedestrians": ("Piétons", "Nombre de piétons"),
    "youngest_age": ("Âge du plus jeune",),
    "oldest_age": ("Âge du plus âgé",),
    "drivers_to_17": ("Conducteurs de moins de 18 ans",),
    "drivers_18_24": ("Conducteurs de 18 à 24 ans",),
    "drivers_25_44": ("Conducteurs de 25 à 44 ans",),
    "drivers_45_64": ("Conducteurs de 45 à 64 ans",),
    "drivers_65_74": ("Conducteurs de 65 à 74 ans",),
    "drivers_from_75": ("Conducteurs de 75 ans et plus",),
    "passengers_to_13": ("Passagers de moins de 14 ans",),
    "passengers_14_24": ("Passagers de 14 à 24 ans",),
    "passengers_from_65": ("Passagers de 65 ans et plus",),
    "pedestrians_to_13": ("Piétons de moins de 14 ans",),
    "pedestrians_14_24": ("Piétons de 14 à 24 ans",),
    "pedestrians_65_74": ("Piétons de 65 à 74 ans",),
    "pedestrians_from_75": ("Piétons de 75 ans et plus",),
    "women_driving": ("Femmes conductrices",),
    "women_passengers": ("Femmes passagères",),
    "women_walking": ("Femmes piétonnes",),
    "collision": ("Type de collision",),
    "severity": ("Gravité", "Gravité de l'accident"),
    # what several columns have in common, each of which counts one code
    "seat": ("Place",),
    "journey": ("Trajet",),
    "vehicle_category": ("Véhicule",),
    "motor": ("Motorisation",),
    "heading": ("Sens",),
}

WEEKDAYS = {str(i + 1): names for i, names in enumerate((
    ("lundi", "Monday"), ("mardi", "Tuesday"), ("mercredi", "Wednesday"), ("jeudi", "Thursday"),
    ("vendredi", "Friday"), ("samedi", "Saturday"), ("dimanche", "Sunday"),
))}  # fmt: skip
MONTHS = {str(i + 1): names for i, names in enumerate((
    ("janvier", "January"), ("février", "February"), ("mars", "March"), ("avril", "April"), ("mai", "May"),
    ("juin", "June"), ("juillet", "July"), ("août", "August"), ("septembre", "September"), ("octobre", "October"),
    ("novembre", "November"), ("décembre", "December"),
))}  # fmt: skip

YEARS = range(2005, 2025)
# accidents in the official files of each year, and people killed where ONISR published the figure with them
OFFICIAL_ACCIDENTS = dict(zip(YEARS, (
    87026, 82993, 83850, 76767, 74409, 69379, 66974, 62250, 58397, 59854,
    58654, 59432, 60701, 57783, 58840, 47744, 56518, 55302, 54822, 54402,
), strict=True))  # fmt: skip
OFFICIAL_KILLED = {2019: 3498, 2020: 2780, 2021: 3219, 2022: 3550, 2023: 3398, 2024: 3432}


# values that are no official codes, or are a table of their own; made once, as a page asks for a thousand labels
_NAMED: dict[str, dict[str, tuple[str, str]]] = {
    "departement": {c: (n, n) for c, n in DEPARTEMENTS.items()},
    "severity": SEVERITY,
    "headings": HEADINGS,
    "weekday": WEEKDAYS,
    "month": MONTHS,
    "hour": {str(h): (f"{h} h", f"{h:02d}:00") for h in range(24)},
}


def values(name: str) -> dict[str, tuple[str, str]]:
    """The values a coded column can take, in the official order, with their labels (French, English).

    Raises: KeyError for a column that has no code book.
    """
    return CODES[name] if name in CODES else _NAMED[name]


def label(name: str, code: object, spoken: Language | None = None) -> str:
    """The words for one code of a column, by default in the person's language.

    A missing code reads 'Not given', an unlisted one is shown as it is.
    """
    if code is None or str(code) in {"nan", "<NA>", "NaT", "None"}:
        return NOT_GIVEN[spoken or language()]
    pair = values(name).get(str(code))
    return str(code) if pair is None else pair[0 if (spoken or language()) == "fr" else 1]
