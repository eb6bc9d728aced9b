namespace AkkaPrivacy.TestKit.Running;

/// <summary>The process ends here, as far as the pipeline can tell. Never seen by a test: the kit starts the next run.</summary>
internal sealed class SimulatedCrashException() : Exception("The test lets the process end here.");
