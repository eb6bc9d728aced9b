using Spectre.Console;

namespace AkkaPrivacy.Hosting.Commands;

/// <summary>Tells terminals from files and pipes. Only a terminal gets colours, lines and a progress bar.</summary>
internal static class Terminal
{
    /// <summary>Whether a writer is the process's terminal.</summary>
    /// <param name="writer">Standard output or standard error, or anything else.</param>
    /// <returns>True for a terminal that can show more than plain text.</returns>
    public static bool IsTerminal(TextWriter writer) =>
        Environment.GetEnvironmentVariable("TERM") != "dumb"
        && ((ReferenceEquals(writer, System.Console.Out) && !System.Console.IsOutputRedirected)
            || (ReferenceEquals(writer, System.Console.Error) && !System.Console.IsErrorRedirected));

    /// <summary>A console on a terminal; without colours when NO_COLOR is set (https://no-color.org).</summary>
    /// <param name="writer">The terminal.</param>
    /// <returns>The console.</returns>
    public static IAnsiConsole Console(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        ColorSystem = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
    });
}
