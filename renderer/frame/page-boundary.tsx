import { Component, type ReactNode } from "react";
import { Failed } from "../ui/async-states.tsx";

interface PageBoundaryProps {
  /** A new address resets the error: another page is not affected. */
  readonly address: string;
  readonly title: string;
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error?: Error | undefined;
  readonly address: string;
}

/** If a page throws, the frame stays and shows the error. */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = { address: this.props.address };

  static getDerivedStateFromError(error: Error): Partial<PageBoundaryState> {
    return { error };
  }

  static getDerivedStateFromProps(
    { address }: PageBoundaryProps,
    state: PageBoundaryState,
  ): PageBoundaryState | null {
    return address === state.address ? null : { address, error: undefined };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Failed
        title={this.props.title}
        error={error}
        onRetry={() => this.setState({ error: undefined })}
      />
    );
  }
}
