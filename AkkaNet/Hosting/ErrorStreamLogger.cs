using Akka.Actor;
using Akka.Event;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>Writes Akka.NET's log events to standard error: level, source, message and the type of an exception, whose own
/// message could quote what it was about.</summary>
public sealed class ErrorStreamLogger : ReceiveActor
{
    /// <summary>Made by Akka.NET.</summary>
    public ErrorStreamLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private static void Write(LogEvent entry)
    {
        var cause = entry.Cause is { } exception ? $" ({exception.GetType().Name})" : string.Empty;
        Console.Error.WriteLine($"{entry.Timestamp:HH:mm:ss} {entry.LogLevel().ToString().Replace("Level", string.Empty, StringComparison.Ordinal)} {entry.LogClass.Name}: {entry.Message}{cause}");
    }
}
