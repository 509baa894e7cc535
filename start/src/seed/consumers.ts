/** How often somebody comes. */
export type Habit = 'regular' | 'usual' | 'rare';

/** A person of the demo. */
export interface DemoConsumer {
  /** Names the person in logins and keys; never changes. */
  slug: string;
  givenName: string;
  email: string;
  /** Merchants whose programs the person is in, by slug, and how often they come. */
  habits: Readonly<Record<string, Habit>>;
}

const givenNames = [
  ...['Camille', 'Léa', 'Manon', 'Chloé', 'Inès', 'Jade', 'Louise', 'Emma', 'Alice', 'Lina'],
  ...['Rose', 'Anna', 'Mila', 'Julia', 'Zoé', 'Agathe', 'Jeanne', 'Margot', 'Juliette', 'Nina'],
  ...['Lucas', 'Hugo', 'Louis', 'Gabriel', 'Arthur', 'Jules', 'Adam', 'Raphaël', 'Maël', 'Léo'],
  ...['Noah', 'Ethan', 'Paul', 'Nathan', 'Tom', 'Sacha', 'Théo', 'Mathis', 'Antoine', 'Maxime'],
  ...['Fatou', 'Karim', 'Amina', 'Mehdi', 'Awa', 'Linh', 'Sofia', 'Rayan', 'Yasmine', 'Ibrahim'],
];

const familyNames = [
  ...['Martin', 'Bernard', 'Thomas', 'Petit', 'Robert', 'Richard', 'Durand', 'Dubois', 'Moreau', 'Laurent'],
  ...['Simon', 'Michel', 'Lefebvre', 'Leroy', 'Roux', 'David', 'Bertrand', 'Morel', 'Fournier', 'Girard'],
  ...['Bonnet', 'Dupont', 'Lambert', 'Fontaine', 'Rousseau'],
];

const habitOf = (index: number): Habit => (index % 4 === 0 ? 'regular' : index % 4 === 3 ? 'rare' : 'usual');

function habitsOf(index: number): Record<string, Habit> {
  // Three in five buy bread only, one in five books only, one in five both.
  const kind = index % 5;
  if (kind < 3) return { fournil: habitOf(index) };
  return kind === 3 ? { librairie: habitOf(index) } : { fournil: habitOf(index), librairie: habitOf(index + 1) };
}

/** Writes a name without accents, as in an address. */
function plain(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Fifty people with their habits. */
export const demoConsumers: readonly DemoConsumer[] = givenNames.map((givenName, index) => {
  const slug = `${plain(givenName)}.${plain(familyNames[index % familyNames.length] ?? '')}`;
  return { slug, givenName, email: `${slug}@exemple.fr`, habits: habitsOf(index) };
});
