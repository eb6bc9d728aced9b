using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace AkkaPrivacy.Hosting.Commands;

/// <summary>Help that teaches: a command is listed with the first paragraph of its description, and its own help ends with
/// the others (examples, exit codes).</summary>
internal sealed class DetailedHelp : SynchronousCommandLineAction
{
    private readonly SynchronousCommandLineAction _help;
    private readonly Dictionary<Command, string> _details = [];

    private DetailedHelp(SynchronousCommandLineAction help) => _help = help;

    /// <summary>Replaces the help of a root and of all its commands.</summary>
    /// <param name="root">The root; its commands are complete.</param>
    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is SynchronousCommandLineAction action)
            {
                var help = new DetailedHelp(action);
                help.Split(root);
                option.Action = help;
            }
        }
    }

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        if (_details.TryGetValue(parseResult.CommandResult.Command, out var details))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(details);
        }

        return code;
    }

    private void Split(Command command)
    {
        var parts = (command.Description ?? string.Empty).ReplaceLineEndings("\n").Split("\n\n", 2);
        command.Description = parts[0];
        if (parts.Length > 1)
        {
            _details[command] = parts[1].TrimEnd();
        }

        foreach (var inner in command.Subcommands)
        {
            Split(inner);
        }
    }
}
