using System.Runtime.InteropServices;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;

/// <summary>Signals to processes, by their id.</summary>
internal static partial class Posix
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Send(int process, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint User();
}
