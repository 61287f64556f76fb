package io.gemel.it.wrong.tools;

import com.caucho.hessian.io.Hessian2Input;

/** Wrong: Hessian without the scan before it. */
record ToolUsesHessian(Hessian2Input in) {}
