"""What do customers say when they leave? Phrases in four languages for each stated reason."""

from __future__ import annotations

LANGUAGES = {"en": 0.55, "de": 0.20, "fr": 0.15, "ru": 0.10}

TEXTS = {
    "en": {
        "price": ("Too expensive", "I got a better offer", "Your prices went up again"),
        "service": ("Nobody answers the hotline", "Bad customer service", "Waited weeks for support"),
        "both": ("Too expensive and bad service", "High price, and nobody helps"),
        "competitor": ("Switched to another provider", "The competition has more channels"),
        "quality": ("The line is down every week", "Poor reception", "The quality got worse"),
        "indifference": ("Your salesman could not care less", "The agent was rude to me"),
        "needs changed": ("I do not need a landline any more", "We only use mobile now"),
        "moved": ("Moving abroad", "We moved away"),
        "died": ("The customer has died", "Deceased, says the family"),
        "closed": ("We closed the business", "The company was wound up"),
    },
    "de": {
        "price": ("Zu teuer", "Besseres Angebot bekommen", "Schon wieder eine Preiserhöhung"),
        "service": ("Hotline nie erreichbar", "Schlechter Kundendienst", "Wochenlang auf Hilfe gewartet"),
        "both": ("Zu teuer und schlechter Kundendienst", "Hoher Preis, und keiner hilft"),
        "competitor": ("Zu einem anderen Anbieter gewechselt", "Die Konkurrenz hat mehr Sender"),
        "quality": ("Ständig Störungen", "Schlechter Empfang", "Die Qualität hat nachgelassen"),
        "indifference": ("Dem Verkäufer war ich egal", "Der Mitarbeiter war unfreundlich"),
        "needs changed": ("Brauche keinen Festnetzanschluss mehr", "Wir nutzen nur noch Mobilfunk"),
        "moved": ("Umzug ins Ausland", "Wir sind weggezogen"),
        "died": ("Der Kunde ist verstorben", "Verstorben, laut Familie"),
        "closed": ("Geschäft aufgegeben", "Firma wurde aufgelöst"),
    },
    "fr": {
        "price": ("Trop cher", "J'ai trouvé une meilleure offre", "Encore une hausse de prix"),
        "service": ("Le service client ne répond jamais", "Mauvais service client"),
        "both": ("Trop cher et mauvais service client", "Prix élevé, et personne n'aide"),
        "competitor": ("Passé chez un autre opérateur", "La concurrence offre plus de chaînes"),
        "quality": ("Des pannes chaque semaine", "Mauvaise réception", "La qualité a baissé"),
        "indifference": ("Le vendeur s'en moquait", "L'employé était impoli"),
        "needs changed": ("Je n'ai plus besoin de ligne fixe", "Nous n'utilisons que le mobile"),
        "moved": ("Départ à l'étranger", "Nous avons déménagé"),
        "died": ("Le client est décédé", "Décédé, selon la famille"),
        "closed": ("Commerce fermé", "La société a été dissoute"),
    },
    "ru": {
        "price": ("Слишком дорого", "Нашёл предложение выгоднее", "Опять подняли цены"),
        "service": ("До поддержки не дозвониться", "Плохое обслуживание"),
        "both": ("Слишком дорого и плохое обслуживание", "Дорого, и никто не помогает"),
        "competitor": ("Перешёл к другому оператору", "У конкурентов больше каналов"),
        "quality": ("Связь постоянно пропадает", "Плохой приём", "Качество стало хуже"),
        "indifference": ("Продавцу было всё равно", "Сотрудник нагрубил"),
        "needs changed": ("Домашний телефон больше не нужен", "Пользуемся только мобильной связью"),
        "moved": ("Переезд за границу", "Мы переехали"),
        "died": ("Клиент умер", "Умер, сообщила семья"),
        "closed": ("Закрыли магазин", "Фирма ликвидирована"),
    },
}
