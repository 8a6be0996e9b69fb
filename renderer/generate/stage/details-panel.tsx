import type { Generation } from "../../../engine/contract/generation.ts";
import { Details } from "../../picture/details.tsx";
import { DetailsColumn } from "../../picture/details-column.tsx";
import { OrderDetails } from "../../picture/order-details.tsx";
import { useImages } from "../../state/images.ts";
import { toggleDetails } from "../../state/view.ts";

/** How the picture on the stage was asked for and made. */
export function DetailsPanel({ generation }: { generation: Generation }) {
  const image = useImages((all) => all[generation.imageId ?? ""]);
  return (
    <DetailsColumn onHide={toggleDetails}>
      {image ? <Details image={image} /> : <OrderDetails generation={generation} />}
    </DetailsColumn>
  );
}
