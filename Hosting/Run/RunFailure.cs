using System.Diagnostics;
using AkkaPrivacy.Connectors.SideOutputs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Supervision;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Keys;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>A failure as the user sees it.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Message">What happened and what was kept; never a row's content.</param>
internal sealed record RunFailure(int ExitCode, string Message)
{
    /// <summary>The failure that an exception stands for. Messages of exceptions that are not this product's own are left
    /// out, since they could quote rows.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>The failure.</returns>
    public static RunFailure Of(Exception exception)
    {
        var failure = Kind(exception);
        return exception.Data[Supervisor.RestartsKey] is int restarts
            ? failure with { Message = $"{failure.Message} It had been started again {restarts} times before, as its supervision allows." }
            : failure;
    }

    /// <summary>Writes the failure.</summary>
    /// <param name="error">Standard error.</param>
    /// <param name="details">Shows the types and places of this exception and what caused it; null for none.</param>
    public void Write(TextWriter error, Exception? details)
    {
        error.WriteLine(Message);
        for (var exception = details; exception is not null; exception = exception.InnerException)
        {
            error.WriteLine($"  {exception.GetType().FullName}");
            foreach (var method in new StackTrace(exception, fNeedFileInfo: false).GetFrames().Select(frame => frame.GetMethod()))
            {
                if (method?.DeclaringType is { } type && type.Namespace?.StartsWith("System.Runtime", StringComparison.Ordinal) != true)
                {
                    error.WriteLine($"    at {type.FullName}.{method.Name}");
                }
            }
        }
    }

    private static RunFailure Kind(Exception exception) => exception switch
    {
        PlanException or SecretException or KeyFileException or SideOutputException => new RunFailure(Commands.ExitCode.Configuration, exception.Message),
        PipelineException { InnerException: OperationCanceledException } => new RunFailure(Commands.ExitCode.Interrupted, exception.Message),
        OperationCanceledException => new RunFailure(Commands.ExitCode.Interrupted, "Interrupted before anything was read; the stored state is as it was."),
        PipelineException => new RunFailure(Commands.ExitCode.Configuration, exception.Message),
        SourceException => new RunFailure(Commands.ExitCode.Source, $"The source failed: {exception.Message}"),
        StoreException or FencedException or SnapshotException => new RunFailure(Commands.ExitCode.Store, $"The store failed: {exception.Message}"),
        SinkException => new RunFailure(Commands.ExitCode.Sink, $"A sink failed: {exception.Message}"),
        StageFailedException => new RunFailure(Commands.ExitCode.Unexpected, exception.Message),
        _ => new RunFailure(Commands.ExitCode.Unexpected, $"Unexpected failure: {exception.GetType().Name}. The last stored state stays in force; run the same command to go on, with --verbose to see where it fails."),
    };
}
