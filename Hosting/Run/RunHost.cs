using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>What a run takes from the process around it.</summary>
internal sealed record RunHost
{
    // SIGXFSZ has this number on Linux and macOS; .NET has no name for it.
    private const PosixSignal FileSizeLimit = (PosixSignal)25;

    /// <summary>The process itself.</summary>
    public static RunHost Process { get; } = new() { Interrupts = ProcessInterrupts, Hangups = ProcessHangups };

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Randomness of noise, key selection and new keys.</summary>
    public IRandomSource Randomness { get; init; } = CryptoRandomSource.Instance;

    /// <summary>What to read when the source's path is <c>-</c>; null for standard input.</summary>
    public Stream? Input { get; init; }

    /// <summary>Calls back at each Ctrl-C or request to terminate, until disposed of.</summary>
    public required Func<Action, IDisposable> Interrupts { get; init; }

    /// <summary>Calls back at each request to read the configuration again, until disposed of; null for none.</summary>
    public Func<Action, IDisposable>? Hangups { get; init; }

    // A terminal that goes away sends the same signal; whoever has one expects the process to end with it.
    private static Registrations ProcessHangups(Action reload) => new(
        !Console.IsInputRedirected
            ? []
            :
            [
                PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
                {
                    context.Cancel = true;
                    reload();
                }),
            ]);

    private static Registrations ProcessInterrupts(Action interrupted)
    {
        var registrations = new List<PosixSignalRegistration>();
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                interrupted();
            }));
        }

        if (!OperatingSystem.IsWindows())
        {
            // A file-size limit then fails the write instead of killing the process, and the state stays whole.
            registrations.Add(PosixSignalRegistration.Create(FileSizeLimit, context => context.Cancel = true));
        }

        return new Registrations(registrations);
    }

    private sealed class Registrations(List<PosixSignalRegistration> registrations) : IDisposable
    {
        public void Dispose() => registrations.ForEach(registration => registration.Dispose());
    }
}
