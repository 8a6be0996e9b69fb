import { Component, type ReactNode } from "react";
import { Failed } from "../ui/async-states.tsx";

interface PageBoundaryProps {
  /** A new one begins anew: another page is not to blame. */
  readonly address: string;
  readonly title: string;
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error?: Error | undefined;
  readonly address: string;
}

/** Where a page breaks, the frame stands, and the page says so. */
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
