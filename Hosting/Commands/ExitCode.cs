namespace AkkaPrivacy.Hosting.Commands;

/// <summary>What the program's exit codes mean.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>An unexpected failure.</summary>
    public const int Unexpected = 1;

    /// <summary>A mistake in the configuration or on the command line, or a configuration that does not fit the store.</summary>
    public const int Configuration = 2;

    /// <summary>Done, but the budget ran out: releases were withheld.</summary>
    public const int Withheld = 3;

    /// <summary>The source failed.</summary>
    public const int Source = 4;

    /// <summary>The store failed.</summary>
    public const int Store = 5;

    /// <summary>A sink failed; releases are kept and are published by the next run.</summary>
    public const int Sink = 6;

    /// <summary>Interrupted; the next run goes on.</summary>
    public const int Interrupted = 130;

    /// <summary>The codes, for help.</summary>
    public const string Help =
        """
        Exit codes: 0 done; 1 unexpected failure; 2 configuration error (all of them are listed); 3 done, but releases
        were withheld (budget); 4 the source failed; 5 the store failed (state kept); 6 a sink failed (releases are kept and
        published by the next run); 130 interrupted (state kept; the next run goes on).
        """;
}
