import * as v from 'valibot';

const Bounds = v.object({
  x: v.pipe(v.number(), v.integer()),
  y: v.pipe(v.number(), v.integer()),
  width: v.pipe(v.number(), v.integer(), v.minValue(100)),
  height: v.pipe(v.number(), v.integer(), v.minValue(100)),
});
export type Bounds = v.InferOutput<typeof Bounds>;

export const WindowPlace = v.object({ bounds: Bounds, maximized: v.boolean() });
export type WindowPlace = v.InferOutput<typeof WindowPlace>;

/** So much of the title bar must be on a screen that it can be taken hold of. */
const grip = { width: 100, height: 32 };

/**
 * A remembered place as far as it still makes sense: undefined where no screen shows its title bar any more (a monitor was
 * taken away), and no larger than the screen that it is on.
 */
export function placeOnScreen(
  place: WindowPlace | undefined,
  screens: readonly Bounds[],
): WindowPlace | undefined {
  if (place === undefined) return undefined;
  const { bounds } = place;
  const screen = screens.find(
    (area) =>
      Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x) >= grip.width &&
      bounds.y >= area.y &&
      bounds.y + grip.height <= area.y + area.height,
  );
  if (screen === undefined) return undefined;
  return {
    bounds: {
      ...bounds,
      width: Math.min(bounds.width, screen.width),
      height: Math.min(bounds.height, screen.height),
    },
    maximized: place.maximized,
  };
}
